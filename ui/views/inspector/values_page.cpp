#include "ui/views/inspector/values_page.h"

#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QScrollArea>
#include <QSpinBox>
#include <QStyle>
#include <QTableView>
#include <QVBoxLayout>

#include "ui/views/inspector/inspected_tensor.h"
#include "ui/views/inspector/values_model.h"
#include "ui/widgets/table_delegate.h"
#include "ui/workspace/document.h"
#include "ui/workspace/text.h"
#include "ui/workspace/theme.h"

namespace quantscope::ui {

namespace {

constexpr int kTiles = 3;  ///< in the list of forms, behind those of the model
constexpr int kMostCopiedRows = 100'000;

}  // namespace

ValuesPage::ValuesPage(Document& document, QWidget* parent)
    : QWidget(parent),
      m_document(document),
      m_title(new QLabel(this)),
      m_note(new QLabel(this)),
      m_form(new QComboBox(this)),
      m_jump(new QLineEdit(this)),
      m_input(new QSpinBox(this)),
      m_model(new ValuesModel(this)),
      m_table(new QTableView(this)),
      m_scroll(new QScrollArea(this)),
      m_tiles(new KernelTiles) {
  setObjectName(QStringLiteral("valuesPage"));
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 12, 0, 0);
  layout->setSpacing(8);
  auto* head = new QVBoxLayout;
  head->setContentsMargins(12, 0, 12, 0);
  m_title->setProperty("title", true);
  m_title->setWordWrap(true);
  head->addWidget(m_title);
  m_note->setProperty("look", QStringLiteral("secondary"));
  m_note->setWordWrap(true);
  head->addWidget(m_note);
  auto* bar = new QHBoxLayout;
  bar->setSpacing(6);
  m_form->setObjectName(QStringLiteral("valuesForm"));
  m_form->setAccessibleName(tr("How values are shown"));
  m_form->addItems({tr("real values"), tr("stored numbers"), tr("bytes"), tr("images")});
  m_jump->setObjectName(QStringLiteral("valuesJump"));
  m_jump->setPlaceholderText(tr("go to 17 or 1,0,2,3"));
  m_jump->setAccessibleName(tr("Go to an element"));
  m_jump->setClearButtonEnabled(true);
  m_input->setAccessibleName(tr("Input channel"));
  m_input->setPrefix(tr("input channel "));
  bar->addWidget(m_form);
  bar->addWidget(m_jump, 1);
  bar->addWidget(m_input, 1);
  head->addLayout(bar);
  layout->addLayout(head);
  m_table->setObjectName(QStringLiteral("valuesTable"));
  m_table->setAccessibleName(tr("Values of the tensor"));
  m_table->setModel(m_model);
  setUpTable(m_table);
  m_table->setSelectionBehavior(QAbstractItemView::SelectItems);
  m_table->verticalHeader()->show();
  m_table->verticalHeader()->setDefaultAlignment(Qt::AlignRight | Qt::AlignVCenter);
  m_table->horizontalHeader()->setSectionsMovable(false);
  m_table->horizontalHeader()->setSectionResizeMode(QHeaderView::Stretch);
  m_table->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  m_table->installEventFilter(this);
  layout->addWidget(m_table, 1);
  auto* holder = new QWidget;
  auto* holderLayout = new QVBoxLayout(holder);
  holderLayout->setContentsMargins(12, 0, 12, 12);
  holderLayout->addWidget(m_tiles);
  holderLayout->addStretch(1);
  m_scroll->setWidgetResizable(true);
  m_scroll->setFrameShape(QFrame::NoFrame);
  m_scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  m_scroll->setWidget(holder);
  layout->addWidget(m_scroll, 1);

  connect(m_form, &QComboBox::currentIndexChanged, this, &ValuesPage::refreshForm);
  connect(m_input, &QSpinBox::valueChanged, this, &ValuesPage::startTiles);
  connect(m_jump, &QLineEdit::returnPressed, this, &ValuesPage::jump);
  connect(m_jump, &QLineEdit::textEdited, this, [this] {
    m_jump->setProperty("invalid", false);
    m_jump->style()->polish(m_jump);
  });
  connect(&document.selection(), &Selection::changed, this, &ValuesPage::refresh);
  connect(&document.selection(), &Selection::tensorChanged, this, &ValuesPage::refresh);
  connect(&document, &Document::modelChanged, this, &ValuesPage::refresh);
  connect(&Theme::instance(), &Theme::changed, m_tiles, qOverload<>(&QWidget::update));
  refresh();
}

bool ValuesPage::tiled() const {
  return m_form->currentIndex() == kTiles;
}

void ValuesPage::refresh() {
  // What nobody looks at is not read.
  if (!isVisible()) return;
  m_tensor = inspectedTensor(m_document);
  m_model->setTensor(m_tensor.valid() ? m_document.model() : nullptr, m_tensor);
  if (!m_tensor.valid()) {
    m_title->setText(m_document.hasModel() ? tr("Select an operator or a wire to see the values of its tensor.")
                                           : tr("Open a model to look at its values."));
  } else {
    m_title->setText(tensorTitle(*m_document.model(), m_tensor));
  }
  refreshForm();
}

void ValuesPage::refreshForm() {
  const bool any = m_model->count() > 0;
  m_form->setVisible(any);
  m_jump->setVisible(any && !tiled());
  m_input->setVisible(false);
  m_table->setVisible(any && !tiled());
  m_scroll->setVisible(any && tiled());
  m_tiles->setSheet(nullptr);
  m_note->setText(m_model->problem());
  m_job.reset();
  if (any && !tiled()) {
    m_model->setForm(static_cast<ValuesModel::Form>(m_form->currentIndex()));
    const Tensor& tensor = m_document.model()->subgraphs.front().tensor(m_tensor);
    m_note->setText(
        tr("%1 %2 · %3 elements")
            .arg(fromStd(shapeText(tensor.shape)), fromStd(elementTypeName(tensor.type)), countText(m_model->count())));
  }
  m_note->setVisible(!m_note->text().isEmpty());
  if (any && tiled()) startTiles();
}

void ValuesPage::startTiles() {
  if (!tiled() || !m_tensor.valid()) return;
  m_job = std::make_unique<Job<TileSheet>>(
      [model = m_document.model(), tensor = m_tensor,
       input = m_input->value()](Progress& progress) -> Result<std::shared_ptr<const TileSheet>> {
        QS_ASSIGN(TileSheet sheet, readTiles(*model, tensor, input, progress));
        return std::make_shared<const TileSheet>(std::move(sheet));
      },
      Progress::Listener{},
      [this] {
        QMetaObject::invokeMethod(
            this,
            [this] {
              if (!m_job || !m_job->ready()) return;
              const auto& result = m_job->result();
              if (!result.ok()) {
                m_note->setText(QString::fromStdString(result.error().message()));
                m_note->show();
                return;
              }
              const TileSheet& sheet = **result;
              const QSignalBlocker blocker(m_input);
              m_input->setRange(0, sheet.inputs - 1);
              m_input->setVisible(sheet.inputs > 1);
              QString note = sheet.tiles > 1 ? tr("%1 channels of %2×%3")
                                                   .arg(countText(sheet.tiles))
                                                   .arg(sheet.tileHeight)
                                                   .arg(sheet.tileWidth)
                                             : tr("outputs downwards, inputs to the right");
              if (sheet.shown() < sheet.tiles) note += tr(", the first %1").arg(countText(sheet.shown()));
              note += tr(" · blue below zero, orange above");
              m_note->setText(note);
              m_note->show();
              m_tiles->setSheet(*result);
            },
            Qt::QueuedConnection);
      });
}

void ValuesPage::jump() {
  const auto element = m_model->elementAt(m_jump->text());
  m_jump->setProperty("invalid", !element);
  m_jump->style()->unpolish(m_jump);
  m_jump->style()->polish(m_jump);
  m_jump->setToolTip(
      element ? QString()
              : tr("There is no such element; the last one is %1").arg(m_model->indexText(m_model->count() - 1)));
  if (!element) return;
  const QModelIndex cell = m_model->cellOf(*element);
  m_table->setCurrentIndex(cell);
  m_table->scrollTo(cell, QAbstractItemView::PositionAtCenter);
}

bool ValuesPage::eventFilter(QObject* watched, QEvent* event) {
  if (watched == m_table && event->type() == QEvent::KeyPress &&
      static_cast<QKeyEvent*>(event)->matches(QKeySequence::Copy)) {
    int first = m_model->rowCount(), last = -1;
    for (const QItemSelectionRange& range : m_table->selectionModel()->selection()) {
      first = std::min(first, range.top());
      last = std::max(last, range.bottom());
    }
    if (last >= 0) QApplication::clipboard()->setText(m_model->asTsv(first, std::min(last, first + kMostCopiedRows)));
    return true;
  }
  return QWidget::eventFilter(watched, event);
}

void ValuesPage::showEvent(QShowEvent* event) {
  QWidget::showEvent(event);
  refresh();
}

}  // namespace quantscope::ui
