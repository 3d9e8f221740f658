#include "app/cli/suggestion.h"

#include <algorithm>

namespace quantscope::cli {

size_t editDistance(const std::string& a, const std::string& b) {
  std::vector<std::vector<size_t>> d(a.size() + 1, std::vector<size_t>(b.size() + 1));
  for (size_t i = 0; i <= a.size(); ++i) d[i][0] = i;
  for (size_t j = 0; j <= b.size(); ++j) d[0][j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    for (size_t j = 1; j <= b.size(); ++j) {
      d[i][j] = std::min({d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + (a[i - 1] != b[j - 1])});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        d[i][j] = std::min(d[i][j], d[i - 2][j - 2] + 1);
    }
  }
  return d[a.size()][b.size()];
}

std::string didYouMean(const std::string& word, const std::vector<std::string>& known) {
  if (word.size() > 40) return "";
  std::string best;
  size_t bestDistance = 1 + word.size() / 3;
  for (const std::string& candidate : known) {
    const size_t distance = editDistance(word, candidate);
    if (distance > bestDistance || (distance == bestDistance && !best.empty())) continue;
    best = candidate;
    bestDistance = distance;
  }
  return best.empty() ? "" : " (did you mean '" + best + "'?)";
}

std::string firstWord(int argc, char** argv, const std::vector<std::string>& optionsWithValue) {
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    if (argument.empty() || argument[0] != '-') return argument;
    if (std::find(optionsWithValue.begin(), optionsWithValue.end(), argument) != optionsWithValue.end()) ++i;
  }
  return "";
}

}  // namespace quantscope::cli
