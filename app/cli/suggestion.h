#pragma once

#include <string>
#include <vector>

namespace quantscope::cli {

/// Letters to insert, delete, replace or swap to get from one word to the other.
size_t editDistance(const std::string& a, const std::string& b);
/// " (did you mean 'force'?)" with the nearest word, or nothing where none is near.
std::string didYouMean(const std::string& word, const std::vector<std::string>& known);
/// The first argument that is no option and no value of one of `optionsWithValue`; empty where there is none.
std::string firstWord(int argc, char** argv, const std::vector<std::string>& optionsWithValue);

}  // namespace quantscope::cli
