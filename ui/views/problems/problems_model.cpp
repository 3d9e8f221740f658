#include "ui/views/problems/problems_model.h"

#include <QIcon>

#include "ui/widgets/table_delegate.h"
#include "ui/workspace/document.h"
#include "ui/workspace/text.h"
#include "ui/workspace/theme.h"

namespace quantscope::ui {

ProblemsModel::ProblemsModel(Document& document, QObject* parent) : QAbstractTableModel(parent), m_document(document) {
  connect(&document, &Document::problemsChanged, this, [this] {
    beginResetModel();
    m_rows = static_cast<int>(m_document.problems().size());
    endResetModel();
  });
  m_rows = static_cast<int>(document.problems().size());
}

int ProblemsModel::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : m_rows;
}

int ProblemsModel::columnCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : ColumnCount;
}

QVariant ProblemsModel::headerData(int section, Qt::Orientation orientation, int role) const {
  if (orientation != Qt::Horizontal || role != Qt::DisplayRole) return {};
  switch (section) {
    case Severity:
      return tr("Severity");
    case Operator:
      return tr("Operator");
    case What:
      return tr("What");
    case Why:
      return tr("Why");
    case Remedy:
      return tr("What to do");
    default:
      return {};
  }
}

QVariant ProblemsModel::data(const QModelIndex& index, int role) const {
  if (!index.isValid() || index.row() >= m_rows) return {};
  const Problem& problem = m_document.problems()[static_cast<size_t>(index.row())];
  const bool error = problem.severity == Problem::Severity::Error,
             warning = problem.severity == Problem::Severity::Warning;
  switch (role) {
    case Qt::DisplayRole:
      switch (index.column()) {
        case Severity:
          return error ? tr("Error") : warning ? tr("Warning") : tr("Note");
        case Operator:
          return problem.op.valid() ? QStringLiteral("#%1").arg(problem.op.value) : QString();
        case What:
          return problem.what;
        case Why:
          return problem.why;
        default:
          return {};  // the view puts buttons there
      }
    case Qt::ToolTipRole:
      if (index.column() == Why) return problem.why;
      return index.column() == What ? problem.what : QString();
    case Qt::DecorationRole:
      if (index.column() != Severity) return {};
      return Theme::instance().icon(error     ? QStringLiteral("error")
                                    : warning ? QStringLiteral("warning")
                                              : QStringLiteral("note"),
                                    error     ? IconTint::Bad
                                    : warning ? IconTint::Bad
                                              : IconTint::Secondary);
    case ToneRole:
      return QVariant::fromValue(index.column() == Why || index.column() == Operator ? Tone::Secondary : Tone::Normal);
    case Qt::AccessibleTextRole: {
      QStringList remedies;
      for (const Problem::Remedy& remedy : problem.remedies) remedies << remedy.label;
      return index.column() == Remedy ? remedies.join(QStringLiteral(", ")) : QVariant();
    }
    default:
      return {};
  }
}

}  // namespace quantscope::ui
