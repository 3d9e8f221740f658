#include "ui/views/welcome/welcome_view.h"

#include <QFileDialog>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QPushButton>
#include <QVBoxLayout>

#include "ui/workspace/document.h"
#include "ui/workspace/settings.h"
#include "ui/workspace/theme.h"

namespace quantscope::ui {

namespace {

constexpr int kWidth = 560;
constexpr int kShownRecent = 6;

QLabel* label(const QString& text, const char* look, QWidget* parent) {
  auto* label = new QLabel(text, parent);
  label->setProperty("look", QString::fromLatin1(look));
  label->setWordWrap(true);
  return label;
}

}  // namespace

WelcomeView::WelcomeView(Document& document, QWidget* parent)
    : QWidget(parent), m_document(document), m_drop(new QWidget(this)) {
  setObjectName(QStringLiteral("welcomeView"));
  auto* outer = new QHBoxLayout(this);
  outer->addStretch(1);
  auto* column = new QVBoxLayout;
  outer->addLayout(column);
  outer->addStretch(1);
  column->addStretch(2);
  auto* head = new QHBoxLayout;
  head->setSpacing(14);
  auto* mark = new QLabel(this);
  mark->setPixmap(QIcon(QStringLiteral(":/icons/quantscope.svg")).pixmap(QSize(44, 44), devicePixelRatioF()));
  head->addWidget(mark);
  auto* words = new QVBoxLayout;
  words->setSpacing(1);
  words->addWidget(label(tr("Quantscope"), "title", this));
  words->addWidget(
      label(tr("Make a trained TensorFlow Lite model small and fast, and see what it costs."), "secondary", this));
  head->addLayout(words, 1);
  column->addLayout(head);
  column->addSpacing(18);

  m_drop->setFixedWidth(kWidth);
  auto* drop = new QVBoxLayout(m_drop);
  drop->setContentsMargins(24, 28, 24, 28);
  drop->setSpacing(12);
  auto* text = label(tr("Drop a model (.tflite) or a workspace (.qscope) here"), "strong", this);
  text->setAlignment(Qt::AlignCenter);
  drop->addWidget(text);
  auto* buttons = new QHBoxLayout;
  buttons->setSpacing(8);
  buttons->addStretch(1);
  auto* open =
      new QPushButton(Theme::instance().icon(QStringLiteral("open"), IconTint::OnAccent), tr("Open a model…"), m_drop);
  open->setObjectName(QStringLiteral("welcomeOpen"));
  open->setProperty("look", QStringLiteral("primary"));
  buttons->addWidget(open);
  if (!settings::samplePath().isEmpty()) {
    auto* sample =
        new QPushButton(Theme::instance().icon(QStringLiteral("picture")), tr("Open the sample workspace"), m_drop);
    sample->setObjectName(QStringLiteral("welcomeSample"));
    connect(sample, &QPushButton::clicked, this, [this] { m_document.open(settings::samplePath()); });
    buttons->addWidget(sample);
  }
  buttons->addStretch(1);
  drop->addLayout(buttons);
  m_state = label({}, "secondary", this);
  m_state->setAlignment(Qt::AlignCenter);
  m_state->hide();
  drop->addWidget(m_state);
  column->addWidget(m_drop);
  column->addSpacing(14);
  m_recentTitle = label(tr("Recent"), "strong", this);
  column->addWidget(m_recentTitle);
  m_recent = new QVBoxLayout;
  m_recent->setSpacing(2);
  column->addLayout(m_recent);
  column->addStretch(3);

  connect(open, &QPushButton::clicked, this, &WelcomeView::askOpen);
  connect(&document, &Document::openingChanged, this, [this] {
    m_state->setText(m_document.opening() ? tr("Opening …") : QString());
    m_state->setVisible(m_document.opening());
    m_drop->setEnabled(!m_document.opening());
  });
  connect(&Theme::instance(), &Theme::changed, this, qOverload<>(&QWidget::update));
  setFocusProxy(open);
  fillRecent();
}

void WelcomeView::askOpen() {
  const QString path = QFileDialog::getOpenFileName(
      this, tr("Open a model or a workspace"), settings::lastFolder(QStringLiteral("models")),
      tr("Models and workspaces (*.tflite *.lite *.qscope *.task *.litertlm *.zip);;All files (*)"));
  if (path.isEmpty()) return;
  settings::setLastFolder(QStringLiteral("models"), QFileInfo(path).path());
  m_document.open(path);
}

void WelcomeView::fillRecent() {
  while (QLayoutItem* item = m_recent->takeAt(0)) {
    item->widget()->deleteLater();
    delete item;
  }
  for (const QString& path : settings::recentFiles().mid(0, kShownRecent)) {
    auto* row = new QWidget(this);
    auto* layout = new QHBoxLayout(row);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(10);
    auto* button = new QPushButton(QFileInfo(path).fileName(), row);
    button->setProperty("look", QStringLiteral("link"));
    button->setCursor(Qt::PointingHandCursor);
    button->setToolTip(path);
    connect(button, &QPushButton::clicked, this, [this, path] { m_document.open(path); });
    layout->addWidget(button);
    auto* folder = new QLabel(fontMetrics().elidedText(QFileInfo(path).path(), Qt::ElideMiddle, kWidth / 2), row);
    folder->setProperty("look", QStringLiteral("secondary"));
    layout->addWidget(folder, 1);
    m_recent->addWidget(row);
  }
  m_recentTitle->setVisible(m_recent->count() > 0);
}

void WelcomeView::showEvent(QShowEvent* event) {
  fillRecent();
  QWidget::showEvent(event);
}

void WelcomeView::paintEvent(QPaintEvent*) {
  const ThemeColors& colors = Theme::instance().colors();
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  painter.fillRect(rect(), colors.window);
  painter.setBrush(colors.panel);
  QPen pen(colors.line, 1.5, Qt::DashLine);
  pen.setDashPattern({5, 4});
  painter.setPen(pen);
  painter.drawRoundedRect(QRectF(m_drop->geometry()).adjusted(1, 1, -1, -1), 8, 8);
}

}  // namespace quantscope::ui
