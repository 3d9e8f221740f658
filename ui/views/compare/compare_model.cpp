#include "ui/views/compare/compare_model.h"

#include <algorithm>
#include <cmath>

#include "ui/widgets/table_delegate.h"
#include "ui/workspace/document.h"
#include "ui/workspace/figures.h"
#include "ui/workspace/text.h"

namespace quantscope::ui {

namespace {

QString orNone(const QString& text) {
  return text.isEmpty() ? QStringLiteral("–") : text;
}

}  // namespace

CompareModel::CompareModel(Document& document, QObject* parent) : QAbstractTableModel(parent), m_document(document) {
  for (auto signal : {&Document::variantsChanged, &Document::modelChanged, &Document::currentVariantChanged})
    connect(&document, signal, this, &CompareModel::reload);
  reload();
}

void CompareModel::reload() {
  beginResetModel();
  m_ids.clear();
  for (const Variant& variant : m_document.variants()) {
    const bool trial = variant.searched && !variant.searched->best;
    if (!trial || variant.measured() || variant.id == m_document.currentVariant()) m_ids.push_back(variant.id);
  }
  m_rows.clear();
  m_rows.push_back({tr("Bytes"), {}, [](const Variant& v) { return v.bytes > 0 ? countText(v.bytes) : QString(); }});
  m_rows.push_back({tr("Size"), tr("Bytes relative to the baseline"), [this](const Variant& v) {
                      const int64_t first = m_document.variants().front().bytes;
                      return v.bytes > 0 && first > 0
                                 ? fixedText(static_cast<double>(v.bytes) / static_cast<double>(first), 2) + u'×'
                                 : QString();
                    }});
  addMetricRows();
  addTaskRows();
  m_rows.push_back(
      {tr("Latency µs"), tr("Median of one invocation on this computer, one thread"), [](const Variant& v) {
         return v.latency ? fixedText(v.latency->medianMicroseconds, v.latency->medianMicroseconds < 10 ? 1 : 0)
                          : QString();
       }});
  m_rows.push_back({tr("Samples"), {}, [this](const Variant& v) {
                      const auto figures = figuresOf(m_document, v);
                      if (!figures) return QString();
                      const QString count = countText(static_cast<int64_t>(figures->samples));
                      return figures->partial ? tr("%1, stopped").arg(count) : count;
                    }});
  endResetModel();
}

void CompareModel::addMetricRows() {
  const auto row = [this](const QString& title, const QString& tip, auto text, bool verdict = false) {
    m_rows.push_back({title, tip,
                      [this, text](const Variant& v) {
                        const auto figures = figuresOf(m_document, v);
                        return figures ? text(*figures) : QString();
                      },
                      verdict});
  };
  row(figureTitle(m_document), {}, [](const Figures& f) { return figureText(f, f.value); });
  row(tr("95 % interval"), {}, [](const Figures& f) {
    return std::isnan(f.low) ? QString() : figureText(f, f.low) + QStringLiteral(" – ") + figureText(f, f.high);
  });
  row(
      tr("Δ to baseline"), tr("In percentage points, or in the unit of the figure"),
      [](const Figures& f) {
        if (std::isnan(f.difference)) return QString();
        return f.share ? pointsText(f.difference) : figureText(f, f.difference);
      },
      true);
  row(
      tr("Paired test"), tr("What a paired test at 5 % says of the difference"),
      [](const Figures& f) { return verdictText(f.verdict); }, true);
  row(tr("p"), tr("How likely so great a difference is by chance alone"), [](const Figures& f) {
    return std::isnan(f.pValue) ? QString() : f.pValue < 0.001 ? QStringLiteral("< 0.001") : fixedText(f.pValue, 3);
  });
  row(tr("Agreement"), tr("Samples with the same first answer as the baseline"),
      [](const Figures& f) { return f.agreement ? tr("%1 %").arg(percentText(*f.agreement)) : QString(); });
}

/// Top-5 of classification; the other metrics of a task.
void CompareModel::addTaskRows() {
  const auto& variants = m_document.variants();
  const bool labelled = std::any_of(variants.begin(), variants.end(), [](const Variant& v) {
    return v.evaluation && v.evaluation->labelled && v.evaluation->classes > 5;
  });
  if (labelled) {
    m_rows.push_back({tr("Top-5 %"), tr("Samples with the right answer among the first five"), [](const Variant& v) {
                        return v.evaluation && v.evaluation->labelled ? percentText(v.evaluation->top5.value())
                                                                      : QString();
                      }});
  }
  const auto measured = std::find_if(variants.begin(), variants.end(), [](const Variant& v) { return v.taskResult; });
  if (measured == variants.end()) return;
  const auto& metrics = measured->taskResult->metrics;
  for (size_t i = 1; i < metrics.size(); ++i) {
    const std::string name = metrics[i].name;
    m_rows.push_back({metricText(name), {}, [name](const Variant& v) {
                        if (!v.taskResult) return QString();
                        for (const TaskMetric& metric : v.taskResult->metrics) {
                          if (metric.name == name)
                            return std::isnan(metric.value) ? QString() : fixedText(metric.value, 4);
                        }
                        return QString();
                      }});
  }
}

int CompareModel::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int CompareModel::columnCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(m_ids.size()) + 1;
}

QVariant CompareModel::headerData(int section, Qt::Orientation orientation, int role) const {
  if (orientation != Qt::Horizontal || section < 0 || section >= columnCount()) return {};
  const Variant* variant = section ? m_document.variant(m_ids[static_cast<size_t>(section) - 1]) : nullptr;
  if (role == Qt::DisplayRole || role == Qt::ToolTipRole) return variant ? variant->name : QString();
  if (role == Qt::TextAlignmentRole) return int((section ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
  return {};
}

QVariant CompareModel::data(const QModelIndex& index, int role) const {
  if (!index.isValid() || index.row() >= rowCount() || index.column() >= columnCount()) return {};
  const Row& row = m_rows[static_cast<size_t>(index.row())];
  if (index.column() == 0) {
    if (role == Qt::DisplayRole) return row.title;
    if (role == Qt::ToolTipRole) return row.toolTip;
    return role == ToneRole ? QVariant::fromValue(Tone::Secondary) : QVariant();
  }
  const Variant* variant = m_document.variant(m_ids[static_cast<size_t>(index.column()) - 1]);
  if (!variant) return {};
  switch (role) {
    case Qt::DisplayRole:
      return orNone(row.text(*variant));
    case Qt::AccessibleTextRole:
      return tr("%1, %2: %3").arg(variant->name, row.title, orNone(row.text(*variant)));
    case Qt::TextAlignmentRole:
      return int(Qt::AlignRight | Qt::AlignVCenter);
    case Qt::ToolTipRole:
      if (variant->stale) return tr("Measured with other data or another model than now.");
      return row.toolTip;
    case StrongRole:
      return variant->id == m_document.currentVariant();
    case ToneRole: {
      if (variant->stale) return QVariant::fromValue(Tone::Secondary);
      const auto figures = row.verdict ? figuresOf(m_document, *variant) : std::optional<Figures>();
      if (figures && figures->verdict == Figures::Verdict::Worse) return QVariant::fromValue(Tone::Bad);
      if (figures && figures->verdict == Figures::Verdict::Better) return QVariant::fromValue(Tone::Good);
      return QVariant::fromValue(Tone::Normal);
    }
    default:
      return {};
  }
}

QString CompareModel::asTsv() const {
  QStringList lines, header;
  for (int column = 0; column < columnCount(); ++column)
    header << headerData(column, Qt::Horizontal, Qt::DisplayRole).toString();
  lines << header.join(u'\t');
  for (int row = 0; row < rowCount(); ++row) {
    QStringList cells;
    for (int column = 0; column < columnCount(); ++column) cells << index(row, column).data().toString();
    lines << cells.join(u'\t');
  }
  return lines.join(u'\n') + u'\n';
}

}  // namespace quantscope::ui
