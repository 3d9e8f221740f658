#pragma once

#include <span>

namespace quantscope {

/// Area under the ROC curve of scores, greater for positives: the share of pairs in the right order, ties half (Mann
/// and Whitney 1947). NaN where one of the two kinds is missing.
double areaUnderRoc(std::span<const double> scores, std::span<const bool> positive);

/// Area up to a false positive rate, made to lie between 0.5 (chance) and 1 (McClish 1989), as scikit-learn's
/// roc_auc_score(max_fpr) has it. NaN as above, or where the rate is not in (0, 1].
double partialAreaUnderRoc(std::span<const double> scores, std::span<const bool> positive, double maxFalsePositiveRate);

}  // namespace quantscope
