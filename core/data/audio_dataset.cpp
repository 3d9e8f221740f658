#include <algorithm>

#include "core/base/checked.h"
#include "core/data/audio.h"
#include "core/data/dataset_lists.h"

namespace quantscope::data {

namespace {

class AudioDataset final : public Dataset {
public:
  AudioDataset(PictureList list, InputSpec input, const AudioFrontEnd& frontEnd)
      : m_list(std::move(list)), m_input(std::move(input)), m_frontEnd(frontEnd) {
    m_preprocessing.source = "sounds";
    m_preprocessing.words = frontEnd.describe();
    m_description = m_list.kind + ", " +
                    (m_list.classNames.empty() ? "" : std::to_string(m_list.classNames.size()) + " classes, ") +
                    std::to_string(m_list.items.size()) + (m_list.items.size() == 1 ? " sound" : " sounds");
    if (!m_list.labelled) m_description += ", unlabelled";
  }

  size_t size() const override { return m_list.items.size(); }
  Result<Sample> load(size_t index) const override {
    const PictureItem& item = m_list.items[index];
    QS_ASSIGN(const Sound sound, readWav(item.path));
    if (sound.sampleRate != m_frontEnd.sampleRate) {
      return Error{ErrorCode::InvalidArgument, "cannot use the sound", item.path.string(),
                   "it has " + std::to_string(sound.sampleRate) + " samples a second, the model wants " +
                       std::to_string(m_frontEnd.sampleRate),
                   "convert it, or set --sample-rate"};
    }
    const auto features = audioFeatures(m_frontEnd, sound.samples);
    TensorValue value{ElementType::Float32, m_input.shape, {}};
    const auto raw = std::as_bytes(std::span(features));
    value.bytes.assign(raw.begin(), raw.end());
    Sample sample;
    sample.inputs.push_back(std::move(value));
    sample.label = item.label;
    sample.name = item.name;
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
  PictureList m_list;
  InputSpec m_input;
  AudioFrontEnd m_frontEnd;
  Preprocessing m_preprocessing;
  std::string m_description;
};

/// The front end that the shape of an input suggests: one number for each sample of a second, or frames of features.
AudioFrontEnd guess(const std::vector<int32_t>& shape) {
  AudioFrontEnd frontEnd;
  std::vector<int32_t> sizes;
  std::copy_if(shape.begin(), shape.end(), std::back_inserter(sizes), [](int32_t d) { return d != 1; });
  if (sizes.size() < 2) {
    const int32_t size = sizes.empty() ? 1 : sizes[0];
    if (size >= 4000) {
      frontEnd.features = AudioFrontEnd::Features::Waveform;
      frontEnd.seconds = static_cast<double>(size) / frontEnd.sampleRate;
    } else if (frontEnd.frames() > 0 && size % frontEnd.frames() == 0) {
      frontEnd.coefficients = size / frontEnd.frames();
    }
  } else {
    frontEnd.coefficients = sizes[1];
  }
  // Few values per frame are coefficients, many are the mel bins themselves.
  if (frontEnd.coefficients > 20 && frontEnd.features == AudioFrontEnd::Features::Mfcc) {
    frontEnd.features = AudioFrontEnd::Features::LogMel;
    frontEnd.melBins = frontEnd.coefficients;
  }
  return frontEnd;
}

}  // namespace

Result<std::shared_ptr<const Dataset>> makeAudioDataset(PictureList list, const std::vector<InputSpec>& inputs,
                                                        const std::optional<AudioFrontEnd>& chosen) {
  auto unusable = [&](std::string why) {
    return Error{ErrorCode::InvalidArgument, "cannot use the sounds", "", std::move(why),
                 "set --audio, --window-ms, --stride-ms, --mel-bins, --coefficients or --clip-seconds"};
  };
  if (inputs.size() != 1) return unusable("the model has " + std::to_string(inputs.size()) + " inputs");
  const AudioFrontEnd frontEnd = chosen.value_or(guess(inputs[0].shape));
  QS_TRY(frontEnd.check());
  const int64_t given = frontEnd.features == AudioFrontEnd::Features::Waveform
                            ? frontEnd.samples()
                            : int64_t{frontEnd.frames()} * frontEnd.perFrame();
  const int64_t wanted = checkedElementCount(inputs[0].shape).value_or(0);
  if (given != wanted) {
    return unusable("the input is " + shapeText(inputs[0].shape) + ", but " + frontEnd.describe() + " gives " +
                    (frontEnd.features == AudioFrontEnd::Features::Waveform
                         ? std::to_string(given)
                         : std::to_string(frontEnd.frames()) + "×" + std::to_string(frontEnd.perFrame())));
  }
  return std::shared_ptr<const Dataset>(std::make_shared<AudioDataset>(std::move(list), inputs[0], frontEnd));
}

}  // namespace quantscope::data
