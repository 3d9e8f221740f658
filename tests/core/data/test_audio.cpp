#include <cmath>
#include <cstring>

#include "core/data/audio.h"
#include "core/data/dataset.h"
#include "tests/core/data/models.h"
#include "tests/core/data/zip_bytes.h"
#include "tests/support/catch.h"
#include "tests/support/paths.h"

using namespace quantscope;
using namespace quantscope::tests;
namespace fs = std::filesystem;

namespace {

std::string little(uint32_t value, size_t bytes) {
  std::string text;
  for (size_t i = 0; i < bytes; ++i) text += static_cast<char>(value >> (8 * i));
  return text;
}

std::string wav(const std::string& data, uint32_t coding, uint32_t channels, uint32_t rate, uint32_t bits) {
  const std::string format = little(coding, 2) + little(channels, 2) + little(rate, 4) +
                             little(rate * channels * bits / 8, 4) + little(channels * bits / 8, 2) + little(bits, 2);
  const std::string note = "LIST" + little(3, 4) + std::string("abc\0", 4);  // odd chunks are padded
  return "RIFF" + little(static_cast<uint32_t>(data.size() + note.size() + 36), 4) + "WAVEfmt " + little(16, 4) +
         format + note + "data" + little(static_cast<uint32_t>(data.size()), 4) + data;
}

Result<Sound> decode(const std::string& bytes) {
  return decodeWav(std::as_bytes(std::span(bytes)), "test.wav");
}

/// A second of two tones and a chirp.
std::vector<float> tones() {
  constexpr double kTurn = 6.283185307179586;
  std::vector<float> samples(16000);
  for (size_t i = 0; i < samples.size(); ++i) {
    const double t = static_cast<double>(i);
    samples[i] = static_cast<float>(0.5 * std::sin(kTurn * 440 * t / 16000) +
                                    0.25 * std::sin(kTurn * 1500 * t / 16000) + 0.05 * std::cos(t * t * 1e-4));
  }
  return samples;
}

}  // namespace

TEST_CASE("WAV files of every usual width become samples from -1 to 1", "[data][audio]") {
  const auto eight = decode(wav(std::string("\x00\x80\xff", 3), 1, 1, 8000, 8));
  REQUIRE(eight.ok());
  CHECK(eight->sampleRate == 8000);
  CHECK(eight->samples == std::vector<float>{-1, 0, 127.0f / 128});
  const auto stereo =
      decode(wav(little(0x4000, 2) + little(0, 2) + little(0x8000, 2) + little(0x8000, 2), 1, 2, 16000, 16));
  REQUIRE(stereo.ok());
  CHECK(stereo->samples == std::vector<float>{0.25f, -1});
  CHECK(decode(wav(little(0xc00000, 3), 1, 1, 16000, 24))->samples == std::vector<float>{-0.5f});
  float half = 0.5f;
  std::string bytes(4, '\0');
  std::memcpy(bytes.data(), &half, 4);
  CHECK(decode(wav(bytes, 3, 1, 16000, 32))->samples == std::vector<float>{0.5f});
}

TEST_CASE("Damaged or foreign sounds are refused", "[data][audio][untrusted]") {
  const std::string good = wav(std::string(8, '\1'), 1, 1, 16000, 16);
  CHECK(decode(good)->samples.size() == 4);
  for (size_t size = 0; size < good.size() - 8; ++size) CHECK_FALSE(decode(good.substr(0, size)).ok());
  CHECK(decode(good.substr(0, good.size() - 3))->samples.size() == 2);  // cut off while it was recorded
  CHECK(decode(wav(std::string(8, '\1'), 85, 1, 16000, 16)).error().code == ErrorCode::Unsupported);
  CHECK(decode(wav(std::string(8, '\1'), 1, 0, 16000, 16)).error().code == ErrorCode::Malformed);
}

TEST_CASE("MFCC and mel bins are those of tf.signal", "[data][audio]") {
  // stft(480, 320, 512), linear_to_mel_weight_matrix(40, 257, 16000, 20, 4000), log(x + 1e-6),
  // mfccs_from_log_mel_spectrograms in TensorFlow 2.21; its float32 logarithms of small bins differ by some 1e-3.
  AudioFrontEnd frontEnd;
  const auto mfcc = audioFeatures(frontEnd, tones());
  REQUIRE(mfcc.size() == 49 * 10);
  const float first[]{-24.76897f, 18.56238f,  -3.0713496f, 6.8115754f,   -3.2977645f,
                      -8.58982f,  2.7748587f, 7.2696605f,  -0.45145935f, -0.2787329f};
  const float middle[]{-28.59748f,  11.006096f, -6.336106f, 0.5520493f, -5.010721f,
                       -12.770026f, 2.7386568f, 5.0923667f, 0.7676356f, -1.0293231f};
  for (size_t i = 0; i < 10; ++i) {
    CHECK(mfcc[i] == Approx(first[i]).margin(0.01));
    CHECK(mfcc[250 + i] == Approx(middle[i]).margin(0.01));
  }
  frontEnd.features = AudioFrontEnd::Features::LogMel;
  const auto bins = audioFeatures(frontEnd, tones());
  REQUIRE(bins.size() == 49 * 40);
  CHECK(bins[400] == Approx(-4.536249f).margin(0.01));
  CHECK(bins[405] == Approx(-2.0287008f).margin(0.01));
  CHECK(bins[439] == Approx(-8.508954f).margin(0.02));
}

TEST_CASE("A folder of sounds feeds a model with what its input's shape suggests", "[data][audio]") {
  const TemporaryFolder folder;
  std::string silence = wav(std::string(2000, '\0'), 1, 1, 16000, 16);
  fs::create_directories(folder.path() / "no");
  fs::create_directories(folder.path() / "yes");
  writeText(folder.path() / "no/a.wav", silence);
  writeText(folder.path() / "yes/b.WAV", silence);
  writeText(folder.path() / "yes/c.wav", wav(std::string(2000, '\0'), 1, 1, 8000, 16));
  const auto dataset = openDataset(folder.path(), modelWithInputs({{ElementType::Float32, {1, 49, 10, 1}}}));
  REQUIRE(dataset.ok());
  CHECK((*dataset)->size() == 3);
  CHECK((*dataset)->classNames() == std::vector<std::string>{"no", "yes"});
  CHECK((*dataset)->preprocessing().describe().find("MFCC, 10 of 40") == 0);
  const auto sample = (*dataset)->load(0);
  REQUIRE(sample.ok());
  CHECK(sample->inputs[0].shape == std::vector<int32_t>{1, 49, 10, 1});
  const auto slow = (*dataset)->load(2);
  REQUIRE_FALSE(slow.ok());
  CHECK(slow.error().why.find("8000") != std::string::npos);
  const auto waveform = openDataset(folder.path(), modelWithInputs({{ElementType::Float32, {1, 16000}}}));
  REQUIRE(waveform.ok());
  CHECK((*waveform)->load(1)->inputs[0].bytes.size() == 64000);
  const auto wrong = openDataset(folder.path(), modelWithInputs({{ElementType::Float32, {1, 30, 10, 1}}}));
  REQUIRE_FALSE(wrong.ok());
  CHECK(wrong.error().why.find("49×10") != std::string::npos);
}
