#include "ui/views/compare/compare_model.h"

#include <QFont>
#include <QLocale>

#include "ui/workspace/document.h"
#include "ui/workspace/theme.h"

namespace quantscope::ui {

CompareModel::CompareModel(Document& document, QObject* parent) : QAbstractTableModel(parent), m_document(document) {
  connect(&document, &Document::variantsChanged, this, [this] {
    beginResetModel();
    endResetModel();
  });
}

int CompareModel::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : RowCount;
}

int CompareModel::columnCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(m_document.variants().size());
}

QVariant CompareModel::headerData(int section, Qt::Orientation orientation, int role) const {
  if (role == Qt::DisplayRole && orientation == Qt::Horizontal && section >= 0 &&
      section < static_cast<int>(m_document.variants().size())) {
    return m_document.variants()[static_cast<size_t>(section)].name;
  }
  if (role == Qt::TextAlignmentRole) {
    return QVariant((orientation == Qt::Horizontal ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
  }
  if (role != Qt::DisplayRole || orientation != Qt::Vertical) return {};
  switch (section) {
    case Bytes:
      return tr("Bytes");
    case Ratio:
      return tr("Size against float");
    case Top1:
      return tr("Top-1 %");
    case Interval:
      return tr("95 % interval");
    case Top5:
      return tr("Top-5 %");
    case Difference:
      return tr("Paired test against float");
    case Agreement:
      return tr("Agreement with float");
    case Latency:
      return tr("Latency µs (median)");
    case Rate:
      return tr("Samples a second");
    case Samples:
      return tr("Samples");
    default:
      return {};
  }
}

QVariant CompareModel::data(const QModelIndex& index, int role) const {
  if (!index.isValid()) return {};
  if (role == Qt::DisplayRole) return text(index.column(), index.row());
  if (role == Qt::TextAlignmentRole) return QVariant(Qt::AlignRight | Qt::AlignVCenter);
  const Variant& variant = m_document.variants()[static_cast<size_t>(index.column())];
  if (role == Qt::ToolTipRole && variant.stale) return tr("Measured with other data or another model than now.");
  if (role == Qt::ForegroundRole) {
    const ThemeColors& colors = Theme::instance().colors();
    if (variant.stale) return colors.secondary;
    const Variant* baseline = m_document.variant(0);
    if (index.row() == Difference && index.column() > 0 && baseline && baseline->evaluation && variant.evaluation) {
      const std::string verdict = compareResults(*baseline->evaluation, *variant.evaluation).verdict();
      if (verdict == "worse") return colors.bad;
      if (verdict == "better") return colors.good;
    }
  }
  return {};
}

QString CompareModel::text(int column, int row) const {
  const Variant& variant = m_document.variants()[static_cast<size_t>(column)];
  const Variant* baseline = m_document.variant(0);
  const QLocale locale;
  const QString none = QStringLiteral("–");
  const EvaluationResult* result = variant.evaluation.get();
  auto percent = [&](double share, int digits = 1) { return locale.toString(share * 100, 'f', digits); };
  const bool scored = result && result->labelled;
  switch (row) {
    case Bytes:
      return variant.bytes > 0 ? locale.toString(static_cast<qlonglong>(variant.bytes)) : none;
    case Ratio:
      return variant.bytes > 0 && baseline && baseline->bytes > 0
                 ? locale.toString(static_cast<double>(variant.bytes) / static_cast<double>(baseline->bytes), 'f', 2) +
                       QStringLiteral("×")
                 : none;
    case Top1:
      return scored ? percent(result->top1.value()) : none;
    case Interval:
      return scored ? tr("%1 – %2").arg(percent(result->top1.low()), percent(result->top1.high())) : none;
    case Top5:
      return scored ? percent(result->top5.value()) : none;
    case Difference: {
      if (column == 0 || !scored || !baseline || !baseline->evaluation) return none;
      const PairedTest test = compareResults(*baseline->evaluation, *result);
      const double points = (result->top1.value() - baseline->evaluation->top1.value()) * 100;
      const std::string verdict = test.verdict();
      const QString words = verdict == "worse" ? tr("worse") : verdict == "better" ? tr("better") : tr("not different");
      return tr("%1 pp, %2 (p = %3)")
          .arg((points >= 0 ? QStringLiteral("+") : QStringLiteral("−")) + locale.toString(std::abs(points), 'f', 1),
               words, locale.toString(test.pValue, 'g', 2));
    }
    case Agreement:
      return result && result->agreement ? percent(result->agreement->value()) + QStringLiteral(" %") : none;
    case Latency:
      return variant.latency ? locale.toString(variant.latency->medianMicroseconds, 'f', 0) : none;
    case Rate:
      return result && result->samplesPerSecond > 0 ? locale.toString(result->samplesPerSecond, 'f', 0) : none;
    case Samples:
      return result ? locale.toString(static_cast<qlonglong>(result->samples)) +
                          (result->partial ? tr(" (stopped early)") : QString())
                    : none;
    default:
      return none;
  }
}

}  // namespace quantscope::ui
