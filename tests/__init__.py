"""Everything that proves baton; the C++ tests are run by ctest, those on a real kernel by pytest."""
