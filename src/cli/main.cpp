// The program's door.
#include "cli/program.h"

int main(int argc, char** argv) { return reclaim::cli::program(argc, argv); }
