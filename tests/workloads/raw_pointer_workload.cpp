// Must not compile: see the test a_raw_pointer_is_refused.
#include "raw_pointer_workload.h"

#include "boundary/archetype.h"

template class reclaim::RawPointerWorkload<reclaim::Archetype<true>>;
