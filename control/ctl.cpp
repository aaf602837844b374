// batonctl, the program: hands its command line over.
#include "control/commands.h"

#include <iostream>

int main(int argc, char** argv) {
    return baton::control::run_command({argv + 1, argv + argc}, std::cout, std::cerr);
}
