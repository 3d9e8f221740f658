#include "ui/views/jobs/job_card.h"

#include <QGridLayout>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <cmath>

#include "ui/widgets/elided_label.h"
#include "ui/workspace/job_controller.h"
#include "ui/workspace/text.h"

namespace quantscope::ui {

namespace {

/// Steps of the bar: finer than any screen is wide.
constexpr int kBarSteps = 4096;

/// "4,120 pictures/s · less than a second left"
QString rateText(const JobInfo& job) {
  if (job.state == JobState::Queued) return JobCard::tr("Waiting");
  QStringList parts;
  const QString unit = fromStd(job.progress.unit);
  // Below one a second and in bytes a rate says little.
  if (job.perSecond >= 1 && !unit.isEmpty()) {
    parts << (job.progress.unit == "bytes" ? JobCard::tr("%1/s").arg(shortBytesText(std::llround(job.perSecond)))
                                           : JobCard::tr("%1 %2/s").arg(countText(std::llround(job.perSecond)), unit));
  } else if (!job.progress.stage.empty()) {
    parts << fromStd(job.progress.stage);
  }
  const QString left = timeLeftText(job.secondsLeft);
  if (!left.isEmpty()) parts << left;
  return parts.isEmpty() ? JobCard::tr("Starting") : parts.join(QStringLiteral(" · "));
}

}  // namespace

JobCard::JobCard(const JobInfo& job, QWidget* parent)
    : QFrame(parent),
      m_id(job.id),
      m_title(new ElidedLabel(Qt::ElideRight, this)),
      m_count(new QLabel(this)),
      m_rate(new ElidedLabel(Qt::ElideRight, this)),
      m_bar(new QProgressBar(this)),
      m_cancel(new QPushButton(tr("Cancel"), this)) {
  auto* grid = m_grid = new QGridLayout(this);
  grid->setContentsMargins(12, 9, 12, 9);
  grid->setVerticalSpacing(6);
  grid->setColumnStretch(0, 1);
  m_title->setProperty("look", QStringLiteral("strong"));
  for (QLabel* label : {m_count, m_rate}) label->setProperty("look", QStringLiteral("secondary"));
  m_bar->setTextVisible(false);
  m_cancel->setProperty("look", QStringLiteral("link"));
  m_cancel->setCursor(Qt::PointingHandCursor);
  grid->addWidget(m_title, 0, 0);
  grid->addWidget(m_count, 0, 1, Qt::AlignRight);
  grid->addWidget(m_bar, 1, 0, 1, 2);
  grid->addWidget(m_rate, 2, 0);
  grid->addWidget(m_cancel, 2, 1, Qt::AlignRight);
  connect(m_cancel, &QPushButton::clicked, this, [this] {
    m_cancel->setEnabled(false);
    m_cancel->setText(tr("Stopping"));
    emit cancelRequested(m_id);
  });
  show(job);
}

void JobCard::show(const JobInfo& job) {
  const ProgressState& progress = job.progress;
  m_title->setText(job.title);
  const bool waiting = job.state == JobState::Queued;
  m_bar->setVisible(!waiting);
  m_rate->setVisible(!waiting);
  // A waiting job takes one line, with Cancel where the count will be.
  if (waiting != m_compact) {
    m_compact = waiting;
    m_grid->addWidget(m_cancel, waiting ? 0 : 2, 1, Qt::AlignRight);
    m_count->setVisible(!waiting);
  }
  m_bar->setAccessibleName(job.title);
  const bool known = progress.total > 0;
  const uint64_t done = std::min(progress.done, progress.total);
  m_bar->setRange(0, known || job.state != JobState::Running ? kBarSteps : 0);
  if (known) m_bar->setValue(static_cast<int>(std::llround(kBarSteps * (double(done) / double(progress.total)))));
  if (progress.unit == "bytes") {
    m_count->setText(known ? tr("%1 / %2").arg(shortBytesText(int64_t(done)), shortBytesText(int64_t(progress.total)))
                           : QString());
  } else {
    m_count->setText(known ? tr("%1 / %2").arg(countText(int64_t(done)), countText(int64_t(progress.total)))
                           : QString());
  }
  m_rate->setText(rateText(job));
}

}  // namespace quantscope::ui
