#pragma once

#include <QString>

class QAbstractItemView;

namespace quantscope::ui {

/// The selected rows of a table (all where none is selected) with a line of titles, cells between tabs.
QString tableAsTsv(const QAbstractItemView& view);
/// Ctrl+C and an entry of the context menu copy tableAsTsv().
void enableTableCopy(QAbstractItemView* view, const QString& actionText);

}  // namespace quantscope::ui
