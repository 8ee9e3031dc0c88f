// One translation unit a model: every law on the model that model_under_test.h names.
#include "laws/accounts.h"
#include "laws/discards.h"
#include "laws/graphs.h"
#include "laws/monitors.h"
#include "laws/objects.h"
#include "laws/roots.h"
#include "laws/threads.h"
