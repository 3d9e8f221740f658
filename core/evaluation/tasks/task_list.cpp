#include <algorithm>
#include <array>

#include "core/evaluation/tasks/task.h"

namespace quantscope {

namespace {

constexpr std::array kTasks{
    TaskEntry{"detection", "COCO mAP of boxes; COCO annotations or boxes in JSON lines", createDetection},
    TaskEntry{"segmentation", "mean IoU of classes per pixel; pictures with masks", createSegmentation},
    TaskEntry{"regression", "MAE, RMSE and R² of the outputs; samples with values", createRegression},
    TaskEntry{"anomaly", "AUC and partial AUC of a score per sample; two classes", createAnomaly},
    TaskEntry{"embedding", "recall@k and separation of vectors; samples with labels", createEmbedding},
};

}  // namespace

std::span<const TaskEntry> taskList() {
  return kTasks;
}

const TaskEntry* findTask(std::string_view name) {
  const auto found = std::find_if(kTasks.begin(), kTasks.end(), [&](const TaskEntry& t) { return t.name == name; });
  return found == kTasks.end() ? nullptr : &*found;
}

}  // namespace quantscope
