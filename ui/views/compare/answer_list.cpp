#include "ui/views/compare/answer_list.h"

#include <QImageReader>
#include <QLabel>
#include <QListWidget>
#include <QPointer>
#include <QVBoxLayout>
#include <algorithm>
#include <map>

#include "ui/workspace/document.h"
#include "ui/workspace/text.h"
#include "ui/workspace/theme.h"

namespace quantscope::ui {

namespace {

constexpr int kMost = 200;
constexpr int kSide = 64;
constexpr int kCellWidth = 126, kCellHeight = 108;
constexpr int kSampleRole = Qt::UserRole;

QImage pictureOf(const QString& path) {
  QImageReader reader(path);
  reader.setAutoTransform(true);
  const QSize size = reader.size();
  if (size.isValid()) reader.setScaledSize(size.scaled(2 * kSide, 2 * kSide, Qt::KeepAspectRatio));
  return reader.read();
}

}  // namespace

AnswerList::AnswerList(Document& document, QWidget* parent)
    : QWidget(parent), m_document(document), m_title(new QLabel(this)), m_list(new QListWidget(this)) {
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(6);
  m_title->setProperty("sectionTitle", true);
  layout->addWidget(m_title);
  m_list->setObjectName(QStringLiteral("changedAnswers"));
  m_list->setAccessibleName(tr("Samples whose answer changed"));
  m_list->setViewMode(QListView::IconMode);
  m_list->setResizeMode(QListView::Adjust);
  m_list->setMovement(QListView::Static);
  m_list->setUniformItemSizes(true);
  m_list->setIconSize(QSize(kSide, kSide));
  m_list->setGridSize(QSize(kCellWidth, kCellHeight));
  m_list->setWordWrap(true);
  m_list->setMinimumHeight(kCellHeight + 8);
  layout->addWidget(m_list, 1);
  hide();
}

QString AnswerList::title() const {
  return m_title->text();
}

void AnswerList::show(const Variant* variant) {
  const auto before = m_document.hasModel() ? m_document.variants().front().evaluation : nullptr;
  const auto now = variant ? variant->evaluation : nullptr;
  const auto dataset = m_document.openedDataset(DatasetUse::Evaluation);
  if (before == m_before && now == m_now && dataset == m_dataset && isVisibleTo(parentWidget()) == (before && now))
    return;
  m_before = before;
  m_now = now;
  m_dataset = dataset;
  m_list->clear();
  setVisible(before && now);
  if (!before || !now) return;
  std::map<uint32_t, const Prediction*> answers;
  for (const Prediction& prediction : before->predictions) answers[prediction.sample] = &prediction;
  const auto className = [&](int32_t index) {
    const bool named = dataset && index >= 0 && static_cast<size_t>(index) < dataset->classNames().size();
    return named ? fromStd(dataset->classNames()[static_cast<size_t>(index)]) : QString::number(index);
  };
  int changed = 0;
  for (const Prediction& p : now->predictions) {
    const auto it = answers.find(p.sample);
    if (it == answers.end() || it->second->top1 == p.top1) continue;
    if (++changed > kMost) continue;
    QString words = tr("%1 → %2").arg(className(it->second->top1), className(p.top1));
    if (p.label >= 0) {
      words += u'\n';
      words += p.top1 == p.label ? tr("now right") : it->second->top1 == p.label ? tr("now wrong") : tr("both wrong");
    }
    auto* item = new QListWidgetItem(words, m_list);
    item->setData(kSampleRole, p.sample);
    const QString name =
        dataset && p.sample < dataset->size() ? fromStd(dataset->name(p.sample)) : tr("sample %1").arg(p.sample);
    item->setToolTip(p.label >= 0 ? tr("%1\nTruth: %2").arg(name, className(p.label)) : name);
    item->setTextAlignment(Qt::AlignHCenter | Qt::AlignTop);
    if (p.label >= 0 && p.top1 == p.label) item->setForeground(Theme::instance().colors().good);
    if (p.label >= 0 && it->second->top1 == p.label) item->setForeground(Theme::instance().colors().bad);
  }
  m_list->setVisible(changed > 0);
  if (changed == 0)
    m_title->setText(tr("Every answer is the same as the float model's"));
  else if (changed > kMost)
    m_title->setText(tr("%1 answers changed; the first %2 of them").arg(countText(changed)).arg(kMost));
  else
    m_title->setText(tr("%n answer(s) changed", nullptr, changed));
  startPictures();
}

void AnswerList::startPictures() {
  if (!m_dataset || m_list->count() == 0) return;
  std::vector<QString> paths;
  for (int i = 0; i < m_list->count(); ++i) {
    const auto sample = m_list->item(i)->data(kSampleRole).toUInt();
    paths.push_back(sample < m_dataset->size() ? QString::fromStdU16String(m_dataset->picturePath(sample).u16string())
                                               : QString());
  }
  if (std::all_of(paths.begin(), paths.end(), [](const QString& path) { return path.isEmpty(); })) return;
  using Images = std::vector<QImage>;
  auto work = [paths](Progress& progress) -> Result<std::shared_ptr<const Images>> {
    auto images = std::make_shared<Images>();
    for (const QString& path : paths) {
      if (!progress.goOn()) return Error::cancelled();
      images->push_back(path.isEmpty() ? QImage() : pictureOf(path));
    }
    return std::shared_ptr<const Images>(std::move(images));
  };
  m_document.jobs().startQuiet<Images>(
      JobController::Lane::Views, work,
      [self = QPointer(this), now = m_now](const Result<std::shared_ptr<const Images>>& result) {
        if (!self || self->m_now != now || !result.ok()) return;
        const Images& images = **result;
        for (int i = 0; i < self->m_list->count() && static_cast<size_t>(i) < images.size(); ++i) {
          const QImage& image = images[static_cast<size_t>(i)];
          if (image.isNull()) continue;
          self->m_list->item(i)->setIcon(QIcon(QPixmap::fromImage(image)));
        }
      });
}

}  // namespace quantscope::ui
