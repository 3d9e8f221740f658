#include "ui/views/variants/variants_model.h"

#include <QIcon>
#include <algorithm>
#include <cmath>

#include "ui/widgets/table_delegate.h"
#include "ui/workspace/document.h"
#include "ui/workspace/figures.h"
#include "ui/workspace/text.h"
#include "ui/workspace/theme.h"

namespace quantscope::ui {

namespace {

bool rightAligned(int column) {
  return column == VariantsModel::Bytes || column == VariantsModel::Size || column == VariantsModel::Accuracy ||
         column == VariantsModel::Agreement || column == VariantsModel::Latency;
}

}  // namespace

VariantsModel::VariantsModel(Document& document, QObject* parent) : QAbstractItemModel(parent), m_document(document) {
  connect(&document, &Document::variantsChanged, this, &VariantsModel::refresh);
  connect(&document, &Document::modelChanged, this, &VariantsModel::refresh);
  connect(&document, &Document::currentVariantChanged, this, &VariantsModel::refresh);
  connect(&document.jobs(), &JobController::jobChanged, this, &VariantsModel::refreshRow);
  refresh();
}

void VariantsModel::refresh() {
  if (!m_document.variants().empty()) emit headerDataChanged(Qt::Horizontal, Accuracy, Accuracy);
  std::vector<std::pair<int, int>> shape;
  for (const Variant& variant : m_document.variants()) shape.emplace_back(variant.id, variant.parent);
  if (shape != m_shape) {
    beginResetModel();
    m_shape = std::move(shape);
    endResetModel();
    return;
  }
  for (const auto& [id, parent] : m_shape) emit dataChanged(indexOf(id, 0), indexOf(id, ColumnCount - 1));
}

void VariantsModel::refreshRow(int jobId) {
  for (const auto& [id, parent] : m_shape) {
    if (m_document.jobOfVariant(id) == jobId) emit dataChanged(indexOf(id, Difference), indexOf(id, State));
  }
}

// --- tree ------------------------------------------------------------------------------------------------

/// The baseline and everything made from it stand at the top level; deeper descendants below their parents.
std::vector<int> VariantsModel::children(int parent) const {
  std::vector<int> ids;
  for (const auto& [id, above] : m_shape) {
    const bool top = id == 0 || above == 0;
    if (parent < 0 ? top : !top && above == parent) ids.push_back(id);
  }
  return ids;
}

int VariantsModel::idOf(const QModelIndex& index) {
  return index.isValid() ? static_cast<int>(index.internalId()) : -1;
}

QModelIndex VariantsModel::index(int row, int column, const QModelIndex& parent) const {
  const std::vector<int> ids = children(idOf(parent));
  if (row < 0 || column < 0 || column >= ColumnCount || row >= static_cast<int>(ids.size())) return {};
  return createIndex(row, column, static_cast<quintptr>(ids[static_cast<size_t>(row)]));
}

QModelIndex VariantsModel::indexOf(int variantId, int column) const {
  const auto it =
      std::find_if(m_shape.begin(), m_shape.end(), [variantId](const auto& entry) { return entry.first == variantId; });
  if (it == m_shape.end()) return {};
  const std::vector<int> siblings = children(variantId == 0 || it->second == 0 ? -1 : it->second);
  const auto row = std::find(siblings.begin(), siblings.end(), variantId) - siblings.begin();
  return createIndex(static_cast<int>(row), column, static_cast<quintptr>(variantId));
}

QModelIndex VariantsModel::parent(const QModelIndex& child) const {
  const int id = idOf(child);
  const auto it = std::find_if(m_shape.begin(), m_shape.end(), [id](const auto& entry) { return entry.first == id; });
  if (it == m_shape.end() || id == 0 || it->second == 0) return {};
  return indexOf(it->second);
}

int VariantsModel::rowCount(const QModelIndex& parent) const {
  return parent.isValid() && parent.column() > 0 ? 0 : static_cast<int>(children(idOf(parent)).size());
}

int VariantsModel::columnCount(const QModelIndex&) const {
  return ColumnCount;
}

Qt::ItemFlags VariantsModel::flags(const QModelIndex& index) const {
  Qt::ItemFlags flags = QAbstractItemModel::flags(index);
  if (index.isValid() && index.column() == Name) flags |= Qt::ItemIsEditable;
  return flags;
}

// --- cells -----------------------------------------------------------------------------------------------

QVariant VariantsModel::headerData(int section, Qt::Orientation orientation, int role) const {
  if (orientation != Qt::Horizontal) return {};
  static const char* const kTitles[] = {
      QT_TR_NOOP("Variant"), QT_TR_NOOP("Made"),          QT_TR_NOOP("Bytes"),     QT_TR_NOOP("Size"),       "",
      QT_TR_NOOP("95 %"),    QT_TR_NOOP("Δ to baseline"), QT_TR_NOOP("Agreement"), QT_TR_NOOP("Latency µs"), ""};
  static const char* const kTips[] = {
      QT_TR_NOOP("Recipe, model and results"),
      QT_TR_NOOP("The variant whose recipe it began with"),
      QT_TR_NOOP("Bytes of the file"),
      QT_TR_NOOP("Bytes relative to the baseline"),
      QT_TR_NOOP("What variants are compared by: the share of right answers, or the task's figure"),
      QT_TR_NOOP("Half of the 95 % interval"),
      QT_TR_NOOP("Difference to the baseline, and what a paired test at 5 % says of it"),
      QT_TR_NOOP("Samples with the same first answer as the baseline"),
      QT_TR_NOOP("Median of one invocation on this computer, one thread"),
      ""};
  if (role == Qt::DisplayRole && section == Accuracy) return figureTitle(m_document);
  if (role == Qt::DisplayRole) return section == State ? QString() : tr(kTitles[section]);
  if (role == Qt::ToolTipRole) return section == State ? QString() : tr(kTips[section]);
  if (role == Qt::TextAlignmentRole)
    return int((rightAligned(section) ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
  return {};
}

QString VariantsModel::state(const Variant& variant) const {
  if (const auto id = m_document.jobOfVariant(variant.id)) {
    const JobInfo* job = m_document.jobs().info(*id);
    if (job && job->state == JobState::Queued) return tr("waiting");
    if (job && job->progress.total) {
      return tr("running %1 %").arg(100 * std::min(job->progress.done, job->progress.total) / job->progress.total);
    }
    return tr("running");
  }
  if (variant.stale) return tr("stale");
  if (variant.partial()) return tr("partial");
  return variant.searched && !variant.measured() ? tr("by search") : QString();
}

QString VariantsModel::text(const Variant& variant, int column) const {
  const int64_t baselineBytes = m_document.variants().front().bytes;
  const auto figures =
      column >= Accuracy && column <= Agreement ? figuresOf(m_document, variant) : std::optional<Figures>();
  switch (column) {
    case Name:
      return variant.name;
    case Made: {
      if (variant.id == 0) return tr("baseline");
      const Variant* parent = m_document.variant(variant.parent);
      if (variant.searched && !variant.searched->best) return tr("trial of the search");
      return parent ? tr("from %1").arg(parent->name) : QString();
    }
    case Bytes:
      return countText(variant.bytes);
    case Size:
      return baselineBytes > 0 ? QStringLiteral("%1×").arg(fixedText(double(variant.bytes) / double(baselineBytes), 2))
                               : QString();
    case Accuracy:
      return figures ? figureText(*figures, figures->value) : QString();
    case Interval:
      return figures && !std::isnan(figures->high - figures->low)
                 ? QStringLiteral("±%1").arg(figureText(*figures, (figures->high - figures->low) / 2))
                 : QString();
    case Difference:
      return figures ? differenceText(*figures) : QString();
    case Agreement:
      return figures && figures->agreement ? tr("%1 %").arg(percentText(*figures->agreement)) : QString();
    case Latency:
      return variant.latency
                 ? fixedText(variant.latency->medianMicroseconds, variant.latency->medianMicroseconds < 10 ? 1 : 0)
                 : QString();
    case State:
      return state(variant);
    default:
      return {};
  }
}

QString VariantsModel::toolTip(const Variant& variant, int column) const {
  if (column == State && variant.stale)
    return tr("Measured on other data or another baseline than now. Evaluate again to renew.");
  const auto figures = column == Accuracy || column == Interval || column == Difference ? figuresOf(m_document, variant)
                                                                                        : std::optional<Figures>();
  if (figures && column != Difference && !std::isnan(figures->low)) {
    return tr("%1 on %2 samples; 95 % interval %3 to %4")
        .arg(figures->name, countText(int64_t(figures->samples)), figureText(*figures, figures->low),
             figureText(*figures, figures->high));
  }
  if (column == Latency && variant.latency) {
    return tr("Median of %1 runs; 9 of 10 below %2 µs")
        .arg(variant.latency->runs)
        .arg(fixedText(variant.latency->p90Microseconds, 1));
  }
  if (figures && column == Difference && !std::isnan(figures->pValue))
    return tr("%1; p = %2").arg(figures->test, QString::number(figures->pValue, 'g', 2));
  return column == Name ? schemeText(variant.recipe.defaultScheme) : QString();
}

QVariant VariantsModel::data(const QModelIndex& index, int role) const {
  const Variant* variant = m_document.variant(idOf(index));
  if (!variant) return {};
  const int column = index.column();
  switch (role) {
    case Qt::DisplayRole:
      return text(*variant, column);
    case Qt::EditRole:
      return column == Name ? variant->name : text(*variant, column);
    case Qt::ToolTipRole:
      return toolTip(*variant, column);
    case Qt::TextAlignmentRole:
      return int((rightAligned(column) ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    case StrongRole:
      return (column == State && m_document.jobOfVariant(variant->id)) ||
             (column == Name && variant->id == m_document.currentVariant());
    case ToneRole: {
      const bool busy = m_document.jobOfVariant(variant->id).has_value();
      if (column == State) return QVariant::fromValue(busy ? Tone::Accent : Tone::Secondary);
      const bool measured = column == Accuracy || column == Agreement || column == Latency;
      if (column == Made || column == Interval || (measured && variant->stale))
        return QVariant::fromValue(Tone::Secondary);
      const auto figures = column == Difference ? figuresOf(m_document, *variant) : std::optional<Figures>();
      if (figures && figures->verdict == Figures::Verdict::Worse) return QVariant::fromValue(Tone::Bad);
      if (figures && figures->verdict == Figures::Verdict::Better) return QVariant::fromValue(Tone::Good);
      return QVariant::fromValue(Tone::Normal);
    }
    default:
      return {};
  }
}

bool VariantsModel::setData(const QModelIndex& index, const QVariant& value, int role) {
  if (role != Qt::EditRole || index.column() != Name || value.toString().trimmed().isEmpty()) return false;
  m_document.renameVariant(idOf(index), value.toString());
  return true;
}

}  // namespace quantscope::ui
