// Runs one fuzz target over files, without libFuzzer: the corpus as a test, or one finding under a debugger.
//
//   fuzz_node_replay FILE_OR_DIRECTORY...
#include "tests/fuzz/target.h"

#include <algorithm>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

namespace fs = std::filesystem;

namespace {

std::vector<fs::path> inputs_of(const fs::path& given) {
    if (!fs::is_directory(given))
        return {given};
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(given))
        if (entry.is_regular_file())
            files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    return files;
}

/// The name comes first and is flushed, because an assertion or a sanitizer may end the process.
bool replay(const fs::path& file) {
    std::printf("%s\n", file.c_str());
    std::fflush(stdout);
    std::ifstream stream(file, std::ios::binary);
    if (!stream) {
        std::fprintf(stderr, "%s cannot be read\n", file.c_str());
        return false;
    }
    const std::vector<char> bytes(std::istreambuf_iterator<char>(stream), {});
    try {
        LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
        return true;
    } catch (const std::exception& broken) {
        std::fprintf(stderr, "%s: %s\n", file.c_str(), broken.what());
        return false;
    }
}

} // namespace

int main(int count, char** words) {
    std::size_t runs = 0;
    std::size_t failures = 0;
    for (int i = 1; i < count; ++i)
        for (const auto& file : inputs_of(words[i])) {
            ++runs;
            failures += replay(file) ? 0 : 1;
        }
    std::printf("%zu inputs, %zu failures\n", runs, failures);
    return runs != 0 && failures == 0 ? 0 : 1;
}
