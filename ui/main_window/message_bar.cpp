#include "ui/main_window/message_bar.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QPushButton>
#include <QTimer>
#include <QToolButton>
#include <QVBoxLayout>

#include "ui/workspace/theme.h"

namespace quantscope::ui {

namespace {

constexpr int kMostMessages = 3;
constexpr int kNoticeMilliseconds = 8000;

class Message : public QFrame {
public:
  Message(MessageBar::Kind kind, QWidget* parent) : QFrame(parent), m_kind(kind) {
    connect(&Theme::instance(), &Theme::changed, this, qOverload<>(&QWidget::update));
  }

protected:
  void paintEvent(QPaintEvent*) override {
    const ThemeColors& colors = Theme::instance().colors();
    const QColor strip = m_kind == MessageBar::Kind::Failure ? colors.bad : colors.accent;
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(colors.line, 1));
    painter.setBrush(colors.panel);
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6);
    painter.setPen(Qt::NoPen);
    painter.setBrush(strip);
    painter.setClipRect(0, 0, 4, height());
    painter.drawRoundedRect(QRectF(0, 0, 12, height()), 6, 6);
  }

private:
  MessageBar::Kind m_kind;
};

}  // namespace

MessageBar::MessageBar(QWidget* parent) : QWidget(parent), m_layout(new QVBoxLayout(this)) {
  m_layout->setContentsMargins(6, 6, 6, 0);
  m_layout->setSpacing(6);
  setAccessibleName(tr("Messages"));
  hide();
}

void MessageBar::showError(const Error& error, std::vector<Action> actions) {
  QString headline = QString::fromStdString(error.what);
  if (!headline.isEmpty()) headline[0] = headline[0].toUpper();
  if (!error.where.empty()) headline += QStringLiteral(" (%1)").arg(QString::fromStdString(error.where));
  QString detail = QString::fromStdString(error.why);
  if (!detail.isEmpty()) detail[0] = detail[0].toUpper();
  if (!error.remedy.empty()) {
    QString remedy = QString::fromStdString(error.remedy);
    remedy[0] = remedy[0].toUpper();
    detail += (detail.isEmpty() ? QString() : QStringLiteral(". ")) + remedy;
  }
  if (!detail.isEmpty() && !detail.endsWith(u'.')) detail += u'.';
  add(Kind::Failure, headline, detail, std::move(actions));
}

void MessageBar::showNotice(const QString& text, std::vector<Action> actions) {
  add(Kind::Notice, {}, text, std::move(actions));
}

void MessageBar::add(Kind kind, const QString& headline, const QString& detail, std::vector<Action> actions) {
  auto* message = new Message(kind, this);
  auto* row = new QHBoxLayout(message);
  row->setContentsMargins(14, 7, 7, 7);
  row->setSpacing(10);
  auto* icon = new QLabel(message);
  icon->setPixmap(Theme::instance()
                      .icon(kind == Kind::Failure ? QStringLiteral("error") : QStringLiteral("note"),
                            kind == Kind::Failure ? IconTint::Bad : IconTint::Accent)
                      .pixmap(QSize(16, 16), devicePixelRatioF()));
  row->addWidget(icon, 0, Qt::AlignTop);
  auto* texts = new QVBoxLayout;
  texts->setSpacing(2);
  QString all = detail;
  if (!headline.isEmpty()) {
    auto* head = new QLabel(headline, message);
    head->setProperty("look", QStringLiteral("strong"));
    head->setWordWrap(true);
    head->setTextFormat(Qt::PlainText);
    head->setTextInteractionFlags(Qt::TextSelectableByMouse);
    texts->addWidget(head);
    all = headline + QStringLiteral(": ") + detail;
  }
  if (!detail.isEmpty()) {
    auto* label = new QLabel(detail, message);
    label->setWordWrap(true);
    label->setTextFormat(Qt::PlainText);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    texts->addWidget(label);
  }
  row->addLayout(texts, 1);
  const auto dismiss = [this, message] {
    message->hide();
    message->deleteLater();
    m_layout->removeWidget(message);
    setVisible(m_layout->count() > 0);
  };
  for (const Action& action : actions) {
    auto* button = new QPushButton(action.label, message);
    connect(button, &QPushButton::clicked, message, [dismiss, apply = action.apply] {
      dismiss();
      apply();
    });
    row->addWidget(button, 0, Qt::AlignTop);
  }
  auto* close = new QToolButton(message);
  close->setProperty("look", QStringLiteral("small"));
  close->setIcon(Theme::instance().icon(QStringLiteral("close"), IconTint::Secondary));
  close->setToolTip(tr("Dismiss this message"));
  close->setAccessibleName(tr("Dismiss"));
  connect(close, &QToolButton::clicked, message, dismiss);
  row->addWidget(close, 0, Qt::AlignTop);

  message->setProperty("message", all);
  message->setAccessibleName(all);
  m_layout->insertWidget(0, message);
  while (m_layout->count() > kMostMessages) {
    QLayoutItem* oldest = m_layout->takeAt(m_layout->count() - 1);
    oldest->widget()->deleteLater();
    delete oldest;
  }
  if (kind == Kind::Notice && actions.empty()) QTimer::singleShot(kNoticeMilliseconds, message, dismiss);
  show();
}

void MessageBar::clear() {
  while (QLayoutItem* item = m_layout->takeAt(0)) {
    item->widget()->deleteLater();
    delete item;
  }
  hide();
}

int MessageBar::count() const {
  return m_layout->count();
}

QString MessageBar::text() const {
  return m_layout->count() ? m_layout->itemAt(0)->widget()->property("message").toString() : QString();
}

}  // namespace quantscope::ui
