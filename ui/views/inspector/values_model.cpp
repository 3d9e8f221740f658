#include "ui/views/inspector/values_model.h"

#include <algorithm>
#include <cmath>

#include "ui/views/inspector/facts_grid.h"
#include "ui/widgets/table_delegate.h"

namespace quantscope::ui {

namespace {

constexpr int kValuesPerRow = 4, kBytesPerRow = 8, kMostLetters = 8;
/// Tables count the height of all rows in an int.
constexpr int64_t kMostRows = 60'000'000;

}  // namespace

ValuesModel::ValuesModel(QObject* parent) : QAbstractTableModel(parent) {}

void ValuesModel::setTensor(std::shared_ptr<const Model> model, TensorIndex tensor) {
  if (model == m_model && tensor == m_tensor) return;
  beginResetModel();
  m_model = std::move(model);
  m_tensor = tensor;
  m_reader.reset();
  m_stored.reset();
  m_problem.clear();
  if (m_model && m_tensor.valid()) {
    const Tensor& described = m_model->subgraphs.front().tensor(tensor);
    if (!isConstant(*m_model, described)) {
      m_problem =
          tr("The values of this tensor exist only while the model runs; the Activation tab has their distribution.");
    } else {
      Result<TensorReader> reader = TensorReader::constant(*m_model, SubgraphIndex(0), tensor);
      if (reader.ok())
        m_reader = std::move(reader).value();
      else
        m_problem = QString::fromStdString(reader.error().message());
      Result<TensorReader> stored =
          TensorReader::make({described.type, described.shape, constantBytes(*m_model, described)}, nullptr);
      if (stored.ok()) m_stored = std::move(stored).value();
    }
  }
  endResetModel();
}

void ValuesModel::setForm(Form form) {
  if (form == m_form) return;
  beginResetModel();
  m_form = form;
  endResetModel();
}

int ValuesModel::perRow() const {
  return m_form == Form::Bytes ? kBytesPerRow : kValuesPerRow;
}

int64_t ValuesModel::places() const {
  if (!m_reader) return 0;
  return m_form == Form::Bytes ? static_cast<int64_t>(m_reader->bytes().size()) : m_reader->count();
}

std::optional<int64_t> ValuesModel::elementAt(const QString& text) const {
  if (!m_reader) return std::nullopt;
  const QStringList parts = QString(text).remove(u'[').remove(u']').split(u',', Qt::SkipEmptyParts);
  std::vector<int64_t> numbers;
  for (const QString& part : parts) {
    bool good = false;
    numbers.push_back(part.trimmed().toLongLong(&good));
    if (!good || numbers.back() < 0) return std::nullopt;
  }
  const auto shape = m_reader->shape();
  int64_t element = -1;
  if (numbers.size() == 1) {
    element = numbers.front();
  } else if (numbers.size() == shape.size()) {
    element = 0;
    for (size_t i = 0; i < shape.size(); ++i) {
      if (numbers[i] >= shape[i]) return std::nullopt;
      element = element * shape[i] + numbers[i];
    }
  }
  return element >= 0 && element < m_reader->count() ? std::optional(element) : std::nullopt;
}

QString ValuesModel::indexText(int64_t element) const {
  if (!m_reader || m_reader->shape().empty()) return QString::number(element);
  const auto shape = m_reader->shape();
  QStringList parts;
  for (size_t i = shape.size(); i-- > 0;) {
    const int64_t size = std::max<int64_t>(1, shape[i]);
    parts.prepend(QString::number(element % size));
    element /= size;
  }
  return u'[' + parts.join(QStringLiteral(", ")) + u']';
}

QModelIndex ValuesModel::cellOf(int64_t element) const {
  int64_t place = element;
  if (m_form == Form::Bytes && count() > 0) place = element * static_cast<int64_t>(m_reader->bytes().size()) / count();
  const int64_t row = place / perRow();
  return row < rowCount() ? index(static_cast<int>(row), static_cast<int>(place % perRow())) : QModelIndex();
}

int ValuesModel::rowCount(const QModelIndex& parent) const {
  if (parent.isValid()) return 0;
  return static_cast<int>(std::min(kMostRows, (places() + perRow() - 1) / perRow()));
}

int ValuesModel::columnCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : perRow();
}

QVariant ValuesModel::headerData(int section, Qt::Orientation orientation, int role) const {
  if (role == Qt::TextAlignmentRole)
    return int((orientation == Qt::Horizontal ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
  if (role != Qt::DisplayRole) return {};
  if (orientation == Qt::Horizontal) return QStringLiteral("+%1").arg(section);
  const int64_t first = int64_t{section} * perRow();
  return m_form == Form::Bytes ? QStringLiteral("%1").arg(first, 8, 16, QLatin1Char('0')) : QString::number(first);
}

QString ValuesModel::storedText(int64_t element) const {
  return m_stored ? QString::number(m_stored->at(element), 'g', 10) : QString();
}

QString ValuesModel::cellText(int64_t place) const {
  switch (m_form) {
    case Form::Values: {
      // As many digits as a column of the inspector holds; the tooltip has more.
      QString text = numberText(m_reader->at(place), 5);
      for (int digits = 4; digits >= 2 && text.size() > kMostLetters; --digits)
        text = numberText(m_reader->at(place), digits);
      return text;
    }
    case Form::Stored:
      return storedText(place);
    case Form::Bytes:
      return QStringLiteral("%1").arg(std::to_integer<int>(m_reader->bytes()[static_cast<size_t>(place)]), 2, 16,
                                      QLatin1Char('0'));
  }
  return {};
}

QVariant ValuesModel::data(const QModelIndex& index, int role) const {
  if (!index.isValid() || !m_reader) return {};
  const int64_t place = int64_t{index.row()} * perRow() + index.column();
  if (place >= places()) return {};
  switch (role) {
    case Qt::DisplayRole:
      return cellText(place);
    case Qt::TextAlignmentRole:
      return int(Qt::AlignRight | Qt::AlignVCenter);
    case Qt::ToolTipRole:
    case Qt::AccessibleTextRole:
      if (m_form == Form::Bytes) return tr("byte %1: %2").arg(place).arg(cellText(place));
      return m_reader->scaled() ? tr("%1 = %2, stored as %3")
                                      .arg(indexText(place), numberText(m_reader->at(place), 8), storedText(place))
                                : tr("%1 = %2").arg(indexText(place), numberText(m_reader->at(place), 8));
    case ToneRole:
      return QVariant::fromValue(m_form != Form::Bytes && m_reader->at(place) == 0 ? Tone::Secondary : Tone::Normal);
    default:
      return {};
  }
}

QString ValuesModel::asTsv(int firstRow, int lastRow) const {
  QStringList lines;
  for (int row = std::max(0, firstRow); row <= lastRow && row < rowCount(); ++row) {
    QStringList cells{headerData(row, Qt::Vertical, Qt::DisplayRole).toString()};
    for (int column = 0; column < columnCount(); ++column) cells << index(row, column).data().toString();
    lines << cells.join(u'\t');
  }
  return lines.join(u'\n') + u'\n';
}

}  // namespace quantscope::ui
