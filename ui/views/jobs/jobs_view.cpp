#include "ui/views/jobs/jobs_view.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QScrollArea>
#include <QTableView>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/views/jobs/job_card.h"
#include "ui/views/jobs/job_history_model.h"
#include "ui/widgets/table_copy.h"
#include "ui/widgets/table_delegate.h"
#include "ui/workspace/document.h"

namespace quantscope::ui {

namespace {
constexpr int kLeastCards = 76;
}

JobsView::JobsView(Document& document, QWidget* parent)
    : View(parent),
      m_document(document),
      m_history(new JobHistoryModel(document.jobs(), this)),
      m_cardArea(new QWidget),
      m_scroll(new QScrollArea(this)),
      m_empty(new QLabel(tr("Nothing has run yet."), this)),
      m_table(new QTableView(this)),
      m_header(new QWidget(this)),
      m_count(new QLabel(m_header)),
      m_clear(new QPushButton(tr("Clear"), m_header)) {
  setObjectName(QStringLiteral("jobsView"));
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(0);
  m_cardLayout = new QVBoxLayout(m_cardArea);
  m_cardLayout->setContentsMargins(0, 0, 0, 0);
  m_cardLayout->setSpacing(0);
  // However many wait: the panel does not grow by them, which would take room from its neighbours for good.
  m_scroll->setObjectName(QStringLiteral("jobCards"));
  m_scroll->setWidgetResizable(true);
  m_scroll->setFrameShape(QFrame::NoFrame);
  m_scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  m_scroll->setWidget(m_cardArea);
  m_cardLayout->addStretch(1);
  layout->addWidget(m_scroll);
  m_empty->setProperty("look", QStringLiteral("secondary"));
  m_empty->setContentsMargins(12, 12, 12, 12);
  layout->addWidget(m_empty);
  layout->addWidget(m_table, 1);
  setMinimumHeight(kLeastCards);

  m_table->setModel(m_history);
  m_table->setObjectName(QStringLiteral("jobHistory"));
  m_table->setAccessibleName(tr("Finished jobs"));
  setUpTable(m_table);
  enableTableCopy(m_table, tr("Copy as a table"));
  m_table->horizontalHeader()->hide();
  m_table->horizontalHeader()->setSectionResizeMode(JobHistoryModel::What, QHeaderView::Stretch);
  m_table->setColumnWidth(JobHistoryModel::Time, 96);
  m_table->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  setFocusProxy(m_table);

  auto* header = new QHBoxLayout(m_header);
  header->setContentsMargins(0, 0, 6, 0);
  header->setSpacing(8);
  header->addStretch(1);
  m_count->setProperty("look", QStringLiteral("secondary"));
  header->addWidget(m_count);
  m_clear->setProperty("look", QStringLiteral("link"));
  m_clear->setToolTip(tr("Forget the finished jobs"));
  header->addWidget(m_clear);
  connect(m_clear, &QPushButton::clicked, &document.jobs(), &JobController::clearFinished);

  JobController& jobs = document.jobs();
  connect(&jobs, &JobController::jobAdded, this, &JobsView::addCard);
  connect(&jobs, &JobController::jobChanged, this, &JobsView::updateCard);
  connect(&jobs, &JobController::jobFinished, this, &JobsView::removeCard);
  connect(&jobs, &JobController::jobsCleared, this, &JobsView::refreshHeader);
  for (const JobInfo& job : jobs.jobs()) {
    if (job.state == JobState::Queued || job.state == JobState::Running) addCard(job.id);
  }
  refreshHeader();
}

void JobsView::addCard(int id) {
  const JobInfo* job = m_document.jobs().info(id);
  if (!job) return;
  auto* card = new JobCard(*job, m_cardArea);
  connect(card, &JobCard::cancelRequested, &m_document.jobs(), &JobController::cancel);
  m_cards.push_back(card);
  m_cardLayout->insertWidget(static_cast<int>(m_cards.size()) - 1, card);
  refreshHeader();
}

void JobsView::updateCard(int id) {
  const JobInfo* job = m_document.jobs().info(id);
  for (JobCard* card : m_cards) {
    if (!job || card->jobId() != id) continue;
    const int before = card->sizeHint().height();
    card->show(*job);
    if (card->sizeHint().height() != before) fitCards();
  }
}

void JobsView::removeCard(int id) {
  const auto it =
      std::find_if(m_cards.begin(), m_cards.end(), [id](const JobCard* card) { return card->jobId() == id; });
  if (it != m_cards.end()) {
    (*it)->hide();
    (*it)->deleteLater();
    m_cards.erase(it);
  }
  refreshHeader();
}

/// The cards take what they need, and leave the finished jobs two rows at least.
void JobsView::fitCards() {
  int needed = 2;
  for (const JobCard* card : m_cards) needed += card->sizeHint().height();
  const int others = m_history->rowCount() > 0 ? 2 * m_table->verticalHeader()->defaultSectionSize() : 0;
  m_scroll->setFixedHeight(std::clamp(needed, 0, std::max(kLeastCards, height() - others)));
}

void JobsView::resizeEvent(QResizeEvent* event) {
  View::resizeEvent(event);
  fitCards();
}

void JobsView::refreshHeader() {
  int running = 0, waiting = 0;
  for (const JobInfo& job : m_document.jobs().jobs()) {
    running += job.state == JobState::Running;
    waiting += job.state == JobState::Queued;
  }
  QString text = running ? tr("%1 running").arg(running) : QString();
  if (waiting) text += tr(", %1 waiting").arg(waiting);
  m_count->setText(text);
  m_clear->setVisible(!running && !waiting && m_history->rowCount() > 0);
  m_scroll->setVisible(!m_cards.empty());
  fitCards();
  m_empty->setVisible(m_cards.empty() && m_history->rowCount() == 0);
  m_table->setVisible(m_history->rowCount() > 0);
}

}  // namespace quantscope::ui
