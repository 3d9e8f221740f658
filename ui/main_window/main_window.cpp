#include "ui/main_window/main_window.h"

#include <QAction>
#include <QCloseEvent>
#include <QLabel>
#include <QMenu>
#include <QMenuBar>
#include <QStackedWidget>
#include <QStatusBar>
#include <QVBoxLayout>

#include "core/quantization/targets/target.h"
#include "ui/main_window/bundle_dialog.h"
#include "ui/main_window/command_palette.h"
#include "ui/main_window/dock_area.h"
#include "ui/main_window/message_bar.h"
#include "ui/main_window/tool_bar.h"
#include "ui/main_window/window_actions.h"
#include "ui/workspace/autosave.h"
#include "ui/workspace/settings.h"
#include "ui/workspace/text.h"
#include "ui/workspace/theme.h"
#include "ui/workspace/view_registry.h"

namespace quantscope::ui {

namespace {

/// Part of the remembered arrangement: another number forgets it, for when panels were renamed.
constexpr int kArrangementVersion = 1;
constexpr int kCornerWidth = 480;

QWidget* makeWelcome(Document& document, QWidget* parent) {
  for (const ViewRow& row : viewRows()) {
    if (row.place == ViewPlace::Welcome) return row.create(document, parent);
  }
  return new QWidget(parent);
}

}  // namespace

MainWindow::MainWindow(QWidget* parent)
    : QMainWindow(parent),
      m_autosave(std::make_unique<Autosave>(m_document)),
      m_actions(new WindowActions(m_document, this)),
      m_messages(new MessageBar(this)),
      m_stack(new QStackedWidget(this)),
      m_docks(new DockArea(m_document, this)) {
  setObjectName(QStringLiteral("window"));
  setWindowIcon(QIcon(QStringLiteral(":/icons/quantscope.svg")));
  setAcceptDrops(true);
  setContextMenuPolicy(Qt::NoContextMenu);

  m_actions->fillMenuBar(*menuBar(), m_docks->viewActions());
  m_corner = new QLabel(menuBar());
  m_corner->setProperty("look", QStringLiteral("secondary"));
  // The menu bar asks for the size of its corner only once.
  m_corner->setFixedSize(kCornerWidth, menuBar()->sizeHint().height());
  m_corner->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
  m_corner->setContentsMargins(0, 0, 10, 0);
  menuBar()->setCornerWidget(m_corner);
  addToolBar(new ToolBar(m_document, *m_actions, this));

  m_stack->addWidget(makeWelcome(m_document, m_stack));
  m_stack->addWidget(m_docks);
  auto* center = new QWidget(this);
  auto* layout = new QVBoxLayout(center);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(0);
  layout->addWidget(m_messages);
  layout->addWidget(m_stack, 1);
  setCentralWidget(center);

  m_statusModel = new QLabel(this);
  m_statusData = new QLabel(this);
  m_statusTarget = new QLabel(this);
  m_statusJobs = new QLabel(this);
  for (QLabel* label : {m_statusModel, m_statusData, m_statusTarget}) {
    label->setContentsMargins(8, 0, 4, 0);
    statusBar()->addWidget(label);
  }
  m_statusJobs->setContentsMargins(4, 0, 8, 0);
  statusBar()->addPermanentWidget(m_statusJobs);
  statusBar()->setSizeGripEnabled(false);

  connectFileActions();
  connectEditActions();
  connectRecipeActions();
  connectRunActions();
  connectViewActions();
  connectDocument();
  restoreWindow();
  refreshTitle();
  refreshStatus();
  m_actions->update();
}

MainWindow::~MainWindow() {
  // Views go before the document they look at; work is stopped before either.
  m_document.jobs().cancelAll();
  delete m_stack;
}

void MainWindow::connectDocument() {
  const auto refresh = [this] {
    refreshTitle();
    refreshStatus();
    m_actions->update();
  };
  for (auto signal :
       {&Document::modelChanged, &Document::recipeChanged, &Document::datasetsChanged, &Document::currentVariantChanged,
        &Document::modifiedChanged, &Document::openingChanged, &Document::planChanged})
    connect(&m_document, signal, this, refresh);
  connect(&m_document, &Document::modelChanged, this, [this] {
    m_stack->setCurrentIndex(m_document.hasModel() ? 1 : 0);
    m_stack->currentWidget()->setFocus(Qt::OtherFocusReason);
  });
  connect(&m_document, &Document::failed, this, [this](const Error& error) { m_messages->showError(error); });
  connect(&m_document, &Document::notice, this, [this](const QString& text) { m_messages->showNotice(text); });
  connect(&m_document, &Document::viewRequested, m_docks, &DockArea::showView);
  connect(&m_document, &Document::bundleFound, this,
          [this](const QString& path, const std::vector<BundledModel>& models) {
            auto* dialog = new BundleDialog(path, models, this);
            connect(dialog, &BundleDialog::chosen, &m_document, &Document::openModel);
            dialog->open();
          });
  connect(&m_document, &Document::dataNeeded, this, [this](DatasetUse use, std::function<void()> then) {
    const QString text = use == DatasetUse::Calibration
                             ? tr("This needs samples to calibrate with: a few hundred like those the model will see.")
                             : tr("This needs samples to evaluate on, such as pictures in one folder per class.");
    m_messages->showNotice(text, {{tr("Choose a folder…"), [this, use, then] { askForData(use, true, then); }},
                                  {tr("Choose a file…"), [this, use, then] { askForData(use, false, then); }}});
  });
  connect(m_document.undoStack(), &QUndoStack::indexChanged, this, [this] { m_actions->update(); });
  connect(&m_document.selection(), &Selection::changed, this, [this] { m_actions->update(); });
  for (auto signal : {&JobController::jobAdded, &JobController::jobChanged, &JobController::jobFinished})
    connect(&m_document.jobs(), signal, this, [this] { refreshStatus(); });
  for (auto signal : {&JobController::jobAdded, &JobController::jobFinished})
    connect(&m_document.jobs(), signal, this, [this] { m_actions->update(); });
}

void MainWindow::refreshTitle() {
  const QString name = m_document.displayName();
  setWindowTitle(name.isEmpty() ? tr("Quantscope") : tr("%1[*] — Quantscope").arg(name));
  setWindowModified(m_document.modified());
  const QString corner =
      name.isEmpty() ? QString() : tr("%1 — Quantscope").arg(m_document.modified() ? name + u'*' : name);
  m_corner->setText(fontMetrics().elidedText(corner, Qt::ElideMiddle, kCornerWidth - 16));
}

void MainWindow::refreshStatus() {
  const bool model = m_document.hasModel();
  m_statusModel->setText(model ? QString::fromStdString(m_document.loaded()->path.filename().string()) : QString());
  m_statusModel->setToolTip(model ? QString::fromStdString(m_document.loaded()->path.string()) : QString());
  QString data;
  if (const auto& reference = m_document.dataset(DatasetUse::Calibration)) {
    const QStringList parts = reference->path.split(u'/', Qt::SkipEmptyParts);
    data = tr("Calibration: %1").arg(parts.mid(std::max<qsizetype>(0, parts.size() - 2)).join(u'/'));
    const DatasetState& state = m_document.datasetState(DatasetUse::Calibration);
    if (state.dataset) data += tr(", %1 samples").arg(countText(static_cast<int64_t>(state.dataset->size())));
    if (state.status == DatasetState::Status::Failed) data += tr(", cannot be used");
  } else if (model) {
    data = tr("No calibration data");
  }
  m_statusData->setText(data);
  m_statusTarget->setText(model ? tr("Target: %1").arg(targetText(m_document.target())) : QString());
  QString jobs;
  for (const JobInfo& job : m_document.jobs().jobs()) {
    if (job.state != JobState::Running) continue;
    jobs = job.title;
    if (job.progress.total)
      jobs += tr(": %1 %").arg(100 * std::min(job.progress.done, job.progress.total) / job.progress.total);
  }
  m_statusJobs->setText(jobs);
}

void MainWindow::showPalette() {
  auto* palette = new CommandPalette(m_actions->all(*menuBar()), this);
  palette->show();
}

void MainWindow::restoreWindow() {
  resize(1600, 1000);
  const QByteArray geometry = settings::windowState(QStringLiteral("geometry"));
  if (!geometry.isEmpty()) restoreGeometry(geometry);
  const QByteArray arrangement = settings::windowState(QStringLiteral("arrangement"));
  if (!arrangement.isEmpty()) m_docks->restoreArrangement(arrangement, kArrangementVersion);
}

void MainWindow::closeEvent(QCloseEvent* event) {
  if (!mayDiscard()) return event->ignore();
  settings::setWindowState(QStringLiteral("geometry"), saveGeometry());
  if (m_document.hasModel())
    settings::setWindowState(QStringLiteral("arrangement"), m_docks->saveState(kArrangementVersion));
  const QString workspace = m_document.workspacePath();
  settings::setLastSession(!m_document.hasModel() ? QString()
                           : workspace.isEmpty()  ? QString::fromStdU16String(m_document.loaded()->path.u16string())
                                                  : workspace);
  m_document.jobs().cancelAll();
  event->accept();
}

}  // namespace quantscope::ui
