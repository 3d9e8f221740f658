#include <QFileInfo>
#include <algorithm>
#include <map>

#include "core/io/tflite_writer.h"
#include "ui/workspace/document_private.h"
#include "ui/workspace/text.h"

namespace quantscope::ui {

const Variant* Document::variant(int id) const {
  const auto it = std::find_if(m_variants.begin(), m_variants.end(), [id](const Variant& v) { return v.id == id; });
  return it == m_variants.end() ? nullptr : &*it;
}

Variant* Document::findVariant(int id) {
  return const_cast<Variant*>(variant(id));
}

void Document::setCurrentVariant(int id) {
  const Variant* chosen = variant(id);
  if (!chosen || id == m_state.currentVariant) return;
  EditState after = m_state;
  after.currentVariant = id;
  after.recipe = chosen->recipe;
  push(std::move(after), tr("Go to variant %1").arg(chosen->name));
}

void Document::renameVariant(int id, const QString& name) {
  Variant* renamed = findVariant(id);
  const QString trimmed = name.trimmed();
  if (!renamed || trimmed.isEmpty() || trimmed == renamed->name) return;
  renamed->name = trimmed;
  d->resultsChanged = true;
  emit variantsChanged();
  touchResults();
}

void Document::removeVariant(int id) {
  const auto it = std::find_if(m_variants.begin(), m_variants.end(), [id](const Variant& v) { return v.id == id; });
  if (id == 0 || it == m_variants.end()) return;
  if (const auto job = jobOfVariant(id)) m_jobs.cancel(*job);
  const int parent = it->parent;
  m_variants.erase(it);
  for (Variant& other : m_variants) {
    if (other.parent == id) other.parent = parent;
  }
  d->resultsChanged = true;
  const bool wasCurrent = m_state.currentVariant == id;
  if (wasCurrent) m_state.currentVariant = variant(parent) ? parent : 0;
  emit variantsChanged();
  if (wasCurrent) emit currentVariantChanged();
  updateProblems();
  touchResults();
}

std::optional<int> Document::jobOfVariant(int id) const {
  for (const auto& [job, variantId] : d->variantJobs) {
    if (variantId == id) return job;
  }
  return std::nullopt;
}

/// "int8", "int8 + int16×8": the precisions by how many operators ask for them; then numbered.
QString Document::variantNameFor(const Recipe& recipe, const QString& wish) const {
  QString base = wish.trimmed();
  if (base.isEmpty()) {
    const Result<ResolvedRecipe> resolved = resolveRecipe(recipe, *model());
    std::map<Precision, int> uses;
    if (resolved.ok()) {
      for (const Scheme& scheme : resolved->operators) ++uses[scheme.precision];
    }
    std::vector<std::pair<int, Precision>> order;
    for (const auto& [precision, count] : uses) order.emplace_back(-count, precision);
    std::sort(order.begin(), order.end());
    QStringList names;
    for (const auto& [count, precision] : order) names << precisionText(precision);
    if (names.size() > 3) names = names.mid(0, 3) << QStringLiteral("…");
    base = names.join(QStringLiteral(" + "));
  }
  const auto taken = [this](const QString& name) {
    return std::any_of(m_variants.begin(), m_variants.end(), [&name](const Variant& v) { return v.name == name; });
  };
  QString name = base;
  for (int number = 2; taken(name); ++number) name = QStringLiteral("%1 (%2)").arg(base).arg(number);
  return name;
}

void Document::markStale() {
  bool changed = false;
  for (Variant& v : m_variants) {
    if (!v.measured()) continue;
    const bool stale = v.evaluationData != m_state.evaluationData || v.task != m_state.task;
    changed |= stale != v.stale;
    v.stale = stale;
  }
  if (changed) emit variantsChanged();
}

void Document::exportVariant(int id, const QString& path, IfExists ifExists) {
  const Variant* chosen = variant(id);
  if (!chosen) return;
  if (!chosen->model && needsRanges(chosen->recipe) && !m_ranges) {
    calibrateThen([this, id, path, ifExists] { exportVariant(id, path, ifExists); });
    return;
  }
  struct Written {};
  auto work = [making = making(*chosen), path, ifExists](Progress& progress) -> Result<std::shared_ptr<const Written>> {
    QS_ASSIGN(const std::shared_ptr<const Model> model, making.make(progress));
    QS_TRY(writeModel(*model, toPath(path), ifExists, &progress));
    return std::make_shared<const Written>();
  };
  auto done = [this, path, name = chosen->name](const Result<std::shared_ptr<const Written>>& result) {
    if (!result.ok()) return report(result.error());
    m_jobs.setOutcome(tr("Exported %1").arg(name));
    emit notice(tr("%1 was written to %2.").arg(name, path));
  };
  d->variantJobs[m_jobs.start<Written>(tr("Exporting %1").arg(chosen->name), work, done)] = id;
  emit variantsChanged();
}

}  // namespace quantscope::ui
