#include "core/quantization/algorithms/input_moments.h"

#include <Eigen/Core>
#include <algorithm>

#include "core/base/thread_pool.h"

namespace quantscope::quantization {
namespace {

using Rows = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using Sums = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

constexpr int64_t kBatch = 512;
constexpr int64_t kTile = 96;

}  // namespace

MomentCollector::MomentCollector(const WeightMatrix& weights, bool matrices, int threads)
    : m_weights(weights), m_matrices(matrices), m_threads(threads), m_width(weights.groups() * weights.depth()) {
  const auto width = static_cast<size_t>(m_width);
  m_sums.groups = weights.groups();
  m_sums.depth = weights.depth();
  m_sums.exact.assign(width, 0.0);
  m_sums.seen.assign(width, 0.0);
  if (matrices) {
    m_sums.seenSeen.assign(width * static_cast<size_t>(weights.depth()), 0.0);
    m_sums.exactSeen = m_sums.seenSeen;
  }
  m_exact.resize(width * kBatch);
  m_seen.resize(width * kBatch);
}

void MomentCollector::add(size_t sample, const TensorView& exact, const TensorView& seen) {
  const int64_t count = m_weights.patches(exact);
  if (count == 0 || m_weights.patches(seen) != count) return;
  const int64_t taken = std::min(count, kPatchesPerSample);
  // Other patches of every sample, so that no place of a picture is favoured.
  const int64_t first = count > taken ? static_cast<int64_t>(sample % static_cast<size_t>(count)) : 0;
  for (int64_t j = 0; j < taken; ++j) {
    const int64_t patch = (first + j * count / taken) % count;
    const auto place = static_cast<size_t>(m_waiting * m_width);
    m_weights.copyPatch(exact, patch, m_exact.data() + place);
    m_weights.copyPatch(seen, patch, m_seen.data() + place);
    if (++m_waiting == kBatch) flush();
  }
}

void MomentCollector::flush() {
  if (m_waiting == 0) return;
  const Eigen::Map<const Rows> exact(m_exact.data(), m_waiting, m_width), seen(m_seen.data(), m_waiting, m_width);
  Eigen::Map<Eigen::RowVectorXd>(m_sums.exact.data(), m_width) += exact.cast<double>().colwise().sum();
  Eigen::Map<Eigen::RowVectorXd>(m_sums.seen.data(), m_width) += seen.cast<double>().colwise().sum();
  m_sums.count += static_cast<double>(m_waiting);
  if (m_matrices) {
    const int64_t depth = m_sums.depth, tiles = (depth + kTile - 1) / kTile;
    parallelFor(static_cast<size_t>(m_sums.groups * tiles), m_threads, [&](size_t item, int) {
      const int64_t group = static_cast<int64_t>(item) / tiles, begin = static_cast<int64_t>(item) % tiles * kTile;
      const int64_t width = std::min(kTile, depth - begin), column = group * depth;
      Eigen::Map<Sums> both(m_sums.seenSeen.data() + column * depth, depth, depth);
      Eigen::Map<Sums> cross(m_sums.exactSeen.data() + column * depth, depth, depth);
      const Rows part = seen.middleCols(column + begin, width);
      const Rows squares = seen.middleCols(column, depth).transpose() * part;
      const Rows products = exact.middleCols(column, depth).transpose() * part;
      both.middleCols(begin, width) += squares.cast<double>();
      cross.middleCols(begin, width) += products.cast<double>();
    });
  }
  m_waiting = 0;
}

InputMoments MomentCollector::finish() {
  flush();
  const double count = std::max(1.0, m_sums.count);
  for (auto* sums : {&m_sums.seenSeen, &m_sums.exactSeen, &m_sums.exact, &m_sums.seen})
    for (double& value : *sums) value /= count;
  m_exact.clear();
  m_seen.clear();
  return std::move(m_sums);
}

}  // namespace quantscope::quantization
