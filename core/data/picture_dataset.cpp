#include "core/data/dataset_lists.h"

namespace quantscope::data {

namespace {

class PictureDataset final : public Dataset {
public:
  PictureDataset(PictureList list, const PictureInput& input, Preprocessing preprocessing)
      : m_list(std::move(list)), m_input(input), m_preprocessing(std::move(preprocessing)) {
    m_description = m_list.kind;
    if (!m_list.classNames.empty()) m_description += ", " + std::to_string(m_list.classNames.size()) + " classes";
    m_description += ", " + std::to_string(m_list.items.size()) + (m_list.items.size() == 1 ? " picture" : " pictures");
    if (!m_list.labelled && m_list.kind != "class folders") m_description += ", unlabelled";
  }

  size_t size() const override { return m_list.items.size(); }
  Result<Sample> load(size_t index) const override {
    const PictureItem& item = m_list.items[index];
    QS_ASSIGN(const Picture picture, readPicture(item.path));
    Sample sample;
    sample.inputs.push_back(preprocessPicture(picture, m_preprocessing, m_input));
    sample.label = item.label;
    sample.name = item.name;
    QS_ASSIGN(sample.truth, truthOf(item, picture));
    return sample;
  }
  std::string name(size_t index) const override { return m_list.items[index].name; }
  std::optional<int32_t> label(size_t index) const override { return m_list.items[index].label; }
  std::filesystem::path picturePath(size_t index) const override { return m_list.items[index].path; }
  const std::vector<std::string>& classNames() const override { return m_list.classNames; }
  bool labelled() const override { return m_list.labelled; }
  std::string description() const override { return m_description; }
  const Preprocessing& preprocessing() const override { return m_preprocessing; }
  const std::vector<SkippedItem>& skipped() const override { return m_list.skipped; }

private:
  Result<std::shared_ptr<const GroundTruth>> truthOf(const PictureItem& item, const Picture& picture) const {
    if (!item.truth && item.mask.empty()) return std::shared_ptr<const GroundTruth>();
    auto truth = item.truth ? std::make_shared<GroundTruth>(*item.truth) : std::make_shared<GroundTruth>();
    truth->mapping = mappingOf(picture, m_preprocessing, m_input);
    if (!item.mask.empty()) {
      QS_ASSIGN(truth->mask, readClassMask(item.mask));
      if (truth->mask.width != picture.width || truth->mask.height != picture.height) {
        return Error{ErrorCode::InvalidArgument, "cannot use the mask", item.mask.string(),
                     "it is not as large as its picture", ""};
      }
    }
    return std::shared_ptr<const GroundTruth>(std::move(truth));
  }

  PictureList m_list;
  PictureInput m_input;
  Preprocessing m_preprocessing;
  std::string m_description;
};

}  // namespace

std::shared_ptr<const Dataset> makePictureDataset(PictureList list, const PictureInput& input,
                                                  Preprocessing preprocessing) {
  return std::make_shared<PictureDataset>(std::move(list), input, std::move(preprocessing));
}

}  // namespace quantscope::data
