#include "ui/workspace/algorithm_menu.h"

#include <QMenu>
#include <algorithm>

#include "core/quantization/algorithms/registry.h"
#include "ui/workspace/document.h"
#include "ui/workspace/text.h"

namespace quantscope::ui {

namespace {

/// Whether all schemes that are spoken of name the algorithm.
bool used(const Document& document, const std::vector<OperatorIndex>& operators, std::string_view name) {
  if (operators.empty()) {
    const Recipe& recipe = document.recipe();
    const auto names = [name](const Scheme& scheme) { return namesAlgorithm(scheme.algorithms, name); };
    return names(recipe.defaultScheme) &&
           std::all_of(recipe.rules.begin(), recipe.rules.end(),
                       [&](const RecipeRule& rule) { return names(rule.scheme); }) &&
           std::all_of(recipe.operators.begin(), recipe.operators.end(),
                       [&](const auto& entry) { return names(entry.second); });
  }
  const auto& schemes = document.resolved().operators;
  return std::all_of(operators.begin(), operators.end(), [&](OperatorIndex op) {
    return op.position() < schemes.size() && namesAlgorithm(schemes[op.position()].algorithms, name);
  });
}

}  // namespace

void fillAlgorithmMenu(Document& document, const std::vector<OperatorIndex>& operators, QMenu& menu) {
  menu.setToolTipsVisible(true);
  for (const Algorithm& algorithm : algorithms()) {
    QString text = fromStd(algorithm.name);
    if (algorithm.needsSamples) text += u'\t' + Document::tr("needs samples");
    QAction* action = menu.addAction(text);
    action->setObjectName(QStringLiteral("algorithm-") + fromStd(algorithm.name));
    action->setToolTip(algorithmText(algorithm.name));
    action->setCheckable(true);
    action->setChecked(used(document, operators, algorithm.name));
    QObject::connect(action, &QAction::triggered, &document,
                     [&document, operators, name = std::string(algorithm.name)](bool on) {
                       document.setAlgorithm(operators, name, on);
                     });
  }
}

}  // namespace quantscope::ui
