#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <map>

#include "core/evaluation/bootstrap.h"
#include "core/evaluation/tasks/box_matching.h"
#include "core/evaluation/tasks/task.h"

namespace quantscope {

namespace {

constexpr const char* kPostProcess = "TFLite_Detection_PostProcess";

/// Which outputs hold what.
struct Outputs {
  size_t boxes = 0, classes = 0, scores = 0;
  std::optional<size_t> count;
};

Error notBoxes(std::string why) {
  return {ErrorCode::InvalidArgument, "cannot read boxes from this model", "", std::move(why),
          "wanted are boxes 1×N×4 (top, left, bottom, right from 0 to 1), classes 1×N, scores 1×N and their number"};
}

/// By the operator that makes them; where it is not there by shape, and then classes come before scores.
Result<Outputs> findOutputs(const PreparedModel& prepared) {
  const Model& model = prepared.model();
  const Subgraph& graph = prepared.subgraph();
  std::array<std::optional<size_t>, 4> found;
  for (const Operator& op : graph.operators) {
    if (model.operatorCode(op).customCode != kPostProcess) continue;
    for (size_t i = 0; i < std::min<size_t>(4, op.outputs.size()); ++i) {
      const auto place = std::find(graph.outputs.begin(), graph.outputs.end(), op.outputs[i]);
      if (place != graph.outputs.end()) found[i] = static_cast<size_t>(place - graph.outputs.begin());
    }
  }
  if (found[0] && found[1] && found[2]) return Outputs{*found[0], *found[1], *found[2], found[3]};
  std::optional<size_t> boxes, count;
  std::vector<size_t> lists;
  for (size_t i = 0; i < graph.outputs.size(); ++i) {
    const auto shape = prepared.shape(graph.outputs[i]).value_or(graph.tensor(graph.outputs[i]).shape);
    int64_t size = 1;
    for (const int32_t d : shape) size *= d;
    if (shape.size() == 3 && shape[2] == 4) {
      boxes = i;
    } else if (size == 1 && shape.size() <= 1) {
      count = i;
    } else if (shape.size() == 2) {
      lists.push_back(i);
    }
  }
  if (!boxes || lists.size() != 2) return notBoxes("it has " + std::to_string(graph.outputs.size()) + " other outputs");
  return Outputs{*boxes, lists[0], lists[1], count};
}

std::string folded(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

class Detection final : public TaskMeasurement {
public:
  Detection(const TaskContext& context, const Outputs& outputs) : m_outputs(outputs), m_options(context.options) {}

  Result<std::any> observe(const std::vector<OutputValues>& outputs, const Sample& sample) const override {
    if (!sample.truth || !sample.truth->hasBoxes) {
      return Error{ErrorCode::InvalidArgument, "the sample has no boxes", sample.name, "",
                   "give COCO annotations, or boxes in JSON lines"};
    }
    const auto& boxes = outputs[m_outputs.boxes].values;
    const auto& classes = outputs[m_outputs.classes].values;
    const auto& scores = outputs[m_outputs.scores].values;
    size_t count = std::min({boxes.size() / 4, classes.size(), scores.size()});
    if (m_outputs.count) {
      const double said = static_cast<double>(outputs[*m_outputs.count].values[0]);
      if (said >= 0 && said < static_cast<double>(count)) count = static_cast<size_t>(said);
    }
    const PictureMapping& m = sample.truth->mapping;
    Observation observation;
    observation.boxes.truth = sample.truth->boxes;
    observation.categories = sample.truth->categories;
    for (size_t i = 0; i < count; ++i) {
      if (!(scores[i] >= m_options.scoreThreshold) || !(classes[i] >= 0)) continue;
      const double top = static_cast<double>(boxes[4 * i]), left = static_cast<double>(boxes[4 * i + 1]),
                   bottom = static_cast<double>(boxes[4 * i + 2]), right = static_cast<double>(boxes[4 * i + 3]);
      FoundBox box;
      box.left = left * m.scaleX + m.offsetX;
      box.top = top * m.scaleY + m.offsetY;
      box.width = (right - left) * m.scaleX;
      box.height = (bottom - top) * m.scaleY;
      box.category = static_cast<int64_t>(std::lround(classes[i]));  // an output index until finish()
      box.score = static_cast<double>(scores[i]);
      if (std::isfinite(box.left) && std::isfinite(box.width) && std::isfinite(box.top) && std::isfinite(box.height)) {
        observation.boxes.found.push_back(box);
      }
    }
    return std::any(std::move(observation));
  }

  void add(uint32_t, std::any observation) override {
    auto taken = std::any_cast<Observation>(std::move(observation));
    if (!m_categories) m_categories = taken.categories;
    m_pictures.push_back(std::move(taken.boxes));
  }

  void finish(TaskResult& result) override {
    nameCategories(result);
    const BoxEvaluation evaluation = evaluateBoxes(m_pictures, *m_categories);
    const BoxScores& s = evaluation.all;
    result.metrics = {{"map", s.ap},
                      {"map50", s.ap50},
                      {"map75", s.ap75},
                      {"map_small", s.apSmall},
                      {"map_medium", s.apMedium},
                      {"map_large", s.apLarge},
                      {"ar1", s.ar1},
                      {"ar10", s.ar10},
                      {"ar100", s.ar100}};
    const Interval interval = bootstrapMap();
    result.metrics[0].low = interval.low;
    result.metrics[0].high = interval.high;
    result.columns = {"ap", "ap50", "boxes"};
    for (const CategoryScores& own : evaluation.categories) {
      const auto category = std::find_if(m_categories->begin(), m_categories->end(),
                                         [&](const Category& c) { return c.id == own.category; });
      result.rows.push_back({category->name, {own.ap, own.ap50, static_cast<double>(own.truths)}});
    }
  }

private:
  static constexpr int kRounds = 100;             // each is a whole evaluation
  static constexpr size_t kMostForRounds = 2000;  // pictures

  struct Observation {
    PictureBoxes boxes;
    std::shared_ptr<const std::vector<Category>> categories;
  };

  /// Output indices become ids of categories: by name where the outputs have names, else by an offset.
  void nameCategories(TaskResult& result) {
    std::map<std::string, int64_t> byName;
    for (const Category& category : *m_categories) byName[folded(category.name)] = category.id;
    std::map<int64_t, int64_t> idOf;
    const auto& names = m_options.classNames;
    size_t known = 0;
    for (size_t i = 0; i < names.size(); ++i) {
      const auto found = byName.find(folded(names[i]));
      idOf[static_cast<int64_t>(i)] = found == byName.end() ? -1 : found->second;
      known += found != byName.end();
    }
    const int64_t offset = m_options.labelOffset   ? *m_options.labelOffset
                           : m_categories->empty() ? 0
                                                   : m_categories->front().id;
    const bool named = known > 0 && !m_options.labelOffset;
    for (PictureBoxes& picture : m_pictures) {
      for (FoundBox& box : picture.found) {
        const auto found = idOf.find(box.category);
        box.category = named ? (found == idOf.end() ? -1 : found->second) : box.category + offset;
      }
    }
    result.notes.push_back(named ? "classes are matched to categories by name, " + std::to_string(known) + " of " +
                                       std::to_string(names.size())
                                 : "category id = output class + " + std::to_string(offset));
  }

  /// Of the mAP over pictures; nothing where it would take too long.
  Interval bootstrapMap() const {
    if (m_pictures.size() > kMostForRounds || m_pictures.size() < 2) return {std::nan(""), std::nan("")};
    return bootstrapInterval(
        m_pictures.size(),
        [&](std::span<const uint32_t> indices) {
          std::vector<PictureBoxes> drawn;
          for (const uint32_t i : indices) drawn.push_back(m_pictures[i]);
          return evaluateBoxes(drawn, *m_categories).all.ap;
        },
        kRounds);
  }

  Outputs m_outputs;
  TaskOptions m_options;
  std::vector<PictureBoxes> m_pictures;
  std::shared_ptr<const std::vector<Category>> m_categories;
};

}  // namespace

Result<std::unique_ptr<TaskMeasurement>> createDetection(const TaskContext& context) {
  QS_ASSIGN(const Outputs outputs, findOutputs(context.prepared));
  return std::unique_ptr<TaskMeasurement>(std::make_unique<Detection>(context, outputs));
}

}  // namespace quantscope
