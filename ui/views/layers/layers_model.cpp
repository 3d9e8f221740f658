#include "ui/views/layers/layers_model.h"

#include <QIcon>
#include <cmath>
#include <limits>

#include "ui/widgets/table_delegate.h"
#include "ui/workspace/document.h"
#include "ui/workspace/text.h"
#include "ui/workspace/theme.h"

namespace quantscope::ui {

namespace {

bool rightAligned(int column) {
  return column == LayersModel::Parameters || column == LayersModel::Bytes || column == LayersModel::Sqnr;
}

}  // namespace

LayersModel::LayersModel(Document& document, QObject* parent) : QAbstractTableModel(parent), m_document(document) {
  connect(&document, &Document::modelChanged, this, &LayersModel::reload);
  connect(&document, &Document::recipeChanged, this, [this] { refresh(Mode, Sqnr); });
  connect(&document, &Document::planChanged, this, &LayersModel::refreshPlan);
  connect(&document, &Document::sqnrChanged, this, [this] { refresh(Sqnr, Sqnr); });
  connect(&document, &Document::sensitivityChanged, this, &LayersModel::refreshSensitivity);
  connect(&Theme::instance(), &Theme::changed, this, [this] { refresh(0, ColumnCount - 1); });
  reload();
}

void LayersModel::reload() {
  beginResetModel();
  m_rows = m_document.hasModel() ? static_cast<int>(m_document.model()->subgraphs.front().operators.size()) : 0;
  // Whoever hears of the reset reads all columns.
  readSensitivity();
  endResetModel();
  refreshSensitivity();
  refreshPlan();
}

void LayersModel::refresh(int firstColumn, int lastColumn) {
  if (m_rows > 0) emit dataChanged(index(0, firstColumn), index(m_rows - 1, lastColumn));
}

void LayersModel::refreshPlan() {
  bool any = false;
  for (int row = 0; row < m_rows && !any; ++row) any = differs(row);
  m_anyDifference = any;
  refresh(Mode, Sqnr);
  emit differencesChanged();
}

void LayersModel::readSensitivity() {
  m_sensitivity.assign(static_cast<size_t>(m_rows), std::numeric_limits<double>::quiet_NaN());
  m_greatestSensitivity = 0;
  if (const auto result = m_document.sensitivity()) {
    for (const OperatorSensitivity& op : result->operators) {
      if (!op.index.valid() || op.index.position() >= m_sensitivity.size()) continue;
      m_sensitivity[op.index.position()] = op.quantizeOne;
      m_greatestSensitivity = std::max(m_greatestSensitivity, std::abs(op.quantizeOne));
    }
  }
}

void LayersModel::refreshSensitivity() {
  readSensitivity();
  refresh(Sensitivity, Sensitivity);
  emit differencesChanged();
}

bool LayersModel::hasSensitivity() const {
  return m_document.sensitivity() != nullptr;
}

int LayersModel::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : m_rows;
}

int LayersModel::columnCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : ColumnCount;
}

Qt::ItemFlags LayersModel::flags(const QModelIndex& index) const {
  Qt::ItemFlags flags = QAbstractTableModel::flags(index);
  if (index.isValid() && index.column() == Mode && !m_document.fixedResult(OperatorIndex(index.row())))
    flags |= Qt::ItemIsEditable;
  return flags;
}

QVariant LayersModel::headerData(int section, Qt::Orientation orientation, int role) const {
  if (orientation != Qt::Horizontal || section < 0 || section >= ColumnCount) return {};
  if (role == Qt::TextAlignmentRole)
    return int((rightAligned(section) ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
  static const char* const kTitles[] = {
      QT_TR_NOOP("#"),          QT_TR_NOOP("Operator"),  QT_TR_NOOP("Output"),        QT_TR_NOOP("Params"),
      QT_TR_NOOP("Mode"),       QT_TR_NOOP("Effective"), QT_TR_NOOP("Bytes → after"), QT_TR_NOOP("SQNR dB"),
      QT_TR_NOOP("Sensitivity")};
  static const char* const kTips[] = {
      QT_TR_NOOP("Position in execution order"),
      QT_TR_NOOP("Type of the operator"),
      QT_TR_NOOP("Shape of the first result, without the batch"),
      QT_TR_NOOP("Trained numbers of the operator"),
      QT_TR_NOOP("The precision that is asked for"),
      QT_TR_NOOP("The precision that the plan gives, where it is another one"),
      QT_TR_NOOP("Bytes of the constants now and after quantizing"),
      QT_TR_NOOP("Signal to quantization noise of the weights in decibel: 6 dB are one bit, more is better"),
      QT_TR_NOOP("What accuracy loses when this operator alone is quantized, in percentage points")};
  if (role == Qt::DisplayRole) return tr(kTitles[section]);
  if (role == Qt::ToolTipRole) return tr(kTips[section]);
  return {};
}

bool LayersModel::differs(int row) const {
  return m_document.differs(OperatorIndex(row));
}

QString LayersModel::text(int row, int column) const {
  const auto i = static_cast<size_t>(row);
  const Model& model = *m_document.model();
  const Subgraph& graph = model.subgraphs.front();
  const Operator& op = graph.operators[i];
  const auto plan = m_document.plan();
  const bool planned = plan && i < plan->operators.size();
  switch (column) {
    case Position:
      return QString::number(row);
    case Type:
      return fromStd(operatorName(model, op));
    case Output:
      return op.output(0).valid() ? sampleShapeText(graph.tensor(op.output(0)).shape) : QString();
    case Parameters: {
      const auto& parameters = m_document.summary().operatorParameters;
      return i < parameters.size() && parameters[i] ? countText(parameters[i]) : QString();
    }
    case Mode:
      if (const auto fixed = m_document.fixedResult(OperatorIndex(row))) return fromStd(elementTypeName(*fixed));
      return i < m_document.resolved().operators.size() ? precisionText(m_document.resolved().operators[i].precision)
                                                        : QString();
    case Effective:
      return differs(row) ? precisionText(plan->operators[i].effective) : QString();
    case Bytes: {
      if (!planned || !plan->operators[i].constantBytesBefore) return {};
      const QString before = countText(plan->operators[i].constantBytesBefore);
      const bool same = plan->operators[i].constantBytesBefore == plan->operators[i].constantBytesAfter;
      return same ? before : before + QStringLiteral(" → ") + countText(plan->operators[i].constantBytesAfter);
    }
    case Sqnr: {
      const auto sqnr = m_document.weightSqnr(OperatorIndex(row));
      const bool stays = planned && plan->operators[i].effective == Precision::Float32;
      return sqnr && !stays ? fixedText(*sqnr, 1) : QString();
    }
    case Sensitivity: {
      if (std::isnan(m_sensitivity[i])) return {};
      const bool points = m_document.sensitivity()->metric == "top1";
      return points ? tr("%1 pp").arg(fixedText(100 * m_sensitivity[i], 1)) : QString::number(m_sensitivity[i], 'g', 2);
    }
    default:
      return {};
  }
}

QVariant LayersModel::sortValue(int row, int column) const {
  const auto i = static_cast<size_t>(row);
  const auto plan = m_document.plan();
  const bool planned = plan && i < plan->operators.size();
  switch (column) {
    case Position:
      return row;
    case Parameters:
      return i < m_document.summary().operatorParameters.size() ? qlonglong(m_document.summary().operatorParameters[i])
                                                                : 0;
    case Bytes:
      return planned ? qlonglong(plan->operators[i].constantBytesBefore) : 0;
    case Sqnr:
      return m_document.weightSqnr(OperatorIndex(row)).value_or(std::numeric_limits<double>::infinity());
    case Sensitivity:
      return std::isnan(m_sensitivity[i]) ? -std::numeric_limits<double>::infinity() : m_sensitivity[i];
    default:
      return text(row, column);
  }
}

QString LayersModel::modeToolTip(int row) const {
  const auto i = static_cast<size_t>(row);
  if (i >= m_document.resolved().operators.size()) return {};
  if (const auto fixed = m_document.fixedResult(OperatorIndex(row)))
    return tr("The result is %1, which is not quantized: there is no precision to choose.")
        .arg(fromStd(elementTypeName(*fixed)));
  const QString own = m_document.hasOwnScheme(OperatorIndex(row)) ? tr("chosen for this operator") : tr("by the rules");
  return tr("%1 (%2)").arg(schemeText(m_document.resolved().operators[i]), own);
}

QString LayersModel::toolTip(int row, int column) const {
  const auto i = static_cast<size_t>(row);
  const Subgraph& graph = m_document.model()->subgraphs.front();
  if (column == Effective || column == Mode) {
    const QString reason =
        differs(row)
            ? tr("The plan gives %1: %2").arg(text(row, Effective), fromStd(m_document.plan()->operators[i].reason))
            : QString();
    if (column == Effective || reason.isEmpty()) return column == Effective ? reason : modeToolTip(row);
    return modeToolTip(row) + u'\n' + reason;
  }
  if (column <= Output) {
    const TensorIndex output = graph.operators[i].output(0);
    if (!output.valid()) return {};
    const Tensor& tensor = graph.tensor(output);
    return fromStd(tensor.name) + u'\n' + fromStd(shapeText(tensor.shape)) + u' ' +
           fromStd(elementTypeName(tensor.type));
  }
  return {};
}

QVariant LayersModel::data(const QModelIndex& index, int role) const {
  if (!index.isValid() || index.row() >= m_rows || !m_document.hasModel()) return {};
  const int row = index.row(), column = index.column();
  const auto i = static_cast<size_t>(row);
  const Theme& theme = Theme::instance();
  switch (role) {
    case Qt::DisplayRole:
      return text(row, column);
    case Qt::ToolTipRole:
      return toolTip(row, column);
    case Qt::AccessibleTextRole:
      return tr("%1: %2").arg(headerData(column, Qt::Horizontal, Qt::DisplayRole).toString(), text(row, column));
    case Qt::TextAlignmentRole:
      return int((rightAligned(column) ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    case Qt::EditRole:
      if (column == Mode && i < m_document.resolved().operators.size())
        return static_cast<int>(m_document.resolved().operators[i].precision);
      return text(row, column);
    case Qt::DecorationRole:
      return (column == Effective || column == Mode) && differs(row)
                 ? QVariant(theme.icon(QStringLiteral("warning"), IconTint::Bad))
                 : QVariant();
    case SortRole:
      return sortValue(row, column);
    case ToneRole: {
      const bool quiet = column == Position || column == Output || column == Sensitivity || column == Bytes ||
                         (column == Mode && m_document.fixedResult(OperatorIndex(row)));
      return QVariant::fromValue(quiet ? Tone::Secondary : column == Effective ? Tone::Bad : Tone::Normal);
    }
    case BoxRole:
      return column == Mode && !m_document.fixedResult(OperatorIndex(row));
    case SwatchRole:
      if (column != Mode || i >= m_document.resolved().operators.size() || m_document.fixedResult(OperatorIndex(row)))
        return {};
      return theme.precisionColor(m_document.resolved().operators[i].precision);
    case BarRole:
      if (column != Sensitivity || std::isnan(m_sensitivity[i])) return {};
      return m_greatestSensitivity > 0 ? std::max(0.0, m_sensitivity[i]) / m_greatestSensitivity : 0.0;
    case BarColorRole:
      return theme.precisionColor(Precision::DynamicRange);
    default:
      return {};
  }
}

bool LayersModel::setData(const QModelIndex& index, const QVariant& value, int role) {
  if (role != Qt::EditRole || !index.isValid() || index.column() != Mode) return false;
  bool isNumber = false;
  const int precision = value.toInt(&isNumber);
  if (!isNumber || precision < 0 || precision >= kPrecisionCount) return false;
  if (m_document.fixedResult(OperatorIndex(index.row()))) return false;
  m_document.setOperatorPrecision({OperatorIndex(index.row())}, static_cast<Precision>(precision));
  return true;
}

}  // namespace quantscope::ui
