#include "core/data/npz.h"

#include <algorithm>
#include <cstring>

#include "core/model/string_values.h"
#include "tests/core/data/zip_bytes.h"
#include "tests/support/catch.h"
#include "tests/support/paths.h"

using namespace quantscope;
using namespace quantscope::tests;

namespace {

template <typename T>
std::string textOf(std::vector<T> values) {
  return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)};
}

template <typename T>
TensorValue valueOf(ElementType type, std::vector<int32_t> shape, std::vector<T> values) {
  TensorValue value{type, std::move(shape), {}};
  const auto bytes = std::as_bytes(std::span(values));
  value.bytes.assign(bytes.begin(), bytes.end());
  return value;
}

const std::string kFloats = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }";

Result<NpyArray> parse(const std::string& text) {
  auto owned = std::make_shared<const std::string>(text);
  return data::parseNpy(std::as_bytes(std::span(*owned)), owned, "test");
}

template <typename T>
std::vector<T> valuesOf(const NpyArray& array) {
  std::vector<T> values(array.bytes.size() / sizeof(T));
  std::memcpy(values.data(), array.bytes.data(), values.size() * sizeof(T));
  return values;
}

}  // namespace

TEST_CASE("arrays of every numeric type round-trip through an .npz", "[data][npz]") {
  const TemporaryFolder folder;
  std::map<std::string, TensorValue> arrays;
  arrays["float32"] = valueOf<float>(ElementType::Float32, {2, 3}, {1, -2, 3.5f, 0, 1e30f, -0.0f});
  arrays["float16"] = valueOf<uint16_t>(ElementType::Float16, {2}, {0x3c00, 0xbc00});
  arrays["bfloat16"] = valueOf<uint16_t>(ElementType::BFloat16, {1, 2}, {0x3f80, 0xbf80});
  arrays["float64"] = valueOf<double>(ElementType::Float64, {}, {0.1});
  arrays["float8"] = valueOf<uint8_t>(ElementType::Float8E5M2, {3}, {1, 2, 3});
  arrays["int8"] = valueOf<int8_t>(ElementType::Int8, {4}, {-128, 127, 0, 1});
  arrays["uint8"] = valueOf<uint8_t>(ElementType::UInt8, {1}, {255});
  arrays["int16"] = valueOf<int16_t>(ElementType::Int16, {1}, {-32768});
  arrays["uint16"] = valueOf<uint16_t>(ElementType::UInt16, {1}, {65535});
  arrays["int32"] = valueOf<int32_t>(ElementType::Int32, {1}, {-5});
  arrays["uint32"] = valueOf<uint32_t>(ElementType::UInt32, {1}, {5});
  arrays["int64"] = valueOf<int64_t>(ElementType::Int64, {1, 1, 1}, {int64_t{1} << 40});
  arrays["uint64"] = valueOf<uint64_t>(ElementType::UInt64, {1}, {7});
  arrays["bool"] = valueOf<uint8_t>(ElementType::Bool, {2}, {0, 1});
  arrays["complex64"] = valueOf<float>(ElementType::Complex64, {1}, {1, 2});
  arrays["complex128"] = valueOf<double>(ElementType::Complex128, {1}, {1, 2});
  arrays["empty"] = valueOf<float>(ElementType::Float32, {0, 4}, {});
  arrays["with/slash"] = arrays["int8"];

  const auto path = folder.path() / "a.npz";
  REQUIRE(writeNpz(path, arrays, IfExists::Refuse));
  const auto read = readNpz(path);
  REQUIRE(read);
  REQUIRE(read->size() == arrays.size());
  for (const auto& [name, value] : arrays) {
    INFO(name);
    REQUIRE(read->count(name) == 1);
    CHECK(read->at(name).type == value.type);
    CHECK(read->at(name).shape == value.shape);
    CHECK(read->at(name).bytes == value.bytes);
  }
  CHECK(writeNpz(path, arrays, IfExists::Refuse).error().code == ErrorCode::InvalidArgument);
  CHECK(writeNpz(path, arrays, IfExists::Replace).ok());
}

TEST_CASE("sub-byte tensors are written one value per byte", "[data][npz]") {
  const TemporaryFolder folder;
  std::map<std::string, TensorValue> arrays;
  arrays["int4"] = valueOf<uint8_t>(ElementType::Int4, {3}, {0x8f, 0x07});
  arrays["uint4"] = valueOf<uint8_t>(ElementType::UInt4, {3}, {0x8f, 0x07});
  arrays["int2"] = valueOf<uint8_t>(ElementType::Int2, {5}, {0b11100100, 0b01});
  REQUIRE(writeNpz(folder.path() / "a.npz", arrays, IfExists::Refuse));
  const auto read = readNpz(folder.path() / "a.npz");
  REQUIRE(read);
  const auto int4 = read->at("int4").values<int8_t>();
  CHECK(std::vector<int8_t>(int4.begin(), int4.end()) == std::vector<int8_t>{-1, -8, 7});
  CHECK(read->at("uint4").type == ElementType::UInt8);
  CHECK(read->at("uint4").bytes == std::vector<std::byte>{std::byte{15}, std::byte{8}, std::byte{7}});
  const auto int2 = read->at("int2").values<int8_t>();
  CHECK(std::vector<int8_t>(int2.begin(), int2.end()) == std::vector<int8_t>{0, 1, -2, -1, 1});
}

TEST_CASE("string arrays become string tensors and lists", "[data][npz]") {
  const TemporaryFolder folder;
  const std::vector<uint32_t> characters{'a', 'b', 0, 0xe4, 0x20ac, 0x1f600};
  const auto wide = npyText("{'descr': '<U3', 'fortran_order': False, 'shape': (2,), }", textOf(characters));
  const auto narrow = npyText("{'descr': '|S2', 'fortran_order': False, 'shape': (2, 1), }", std::string("x\0yz", 4));
  writeText(folder.path() / "s.npz",
            zipText({{"wide.npy", wide, true}, {"narrow.npy", narrow}, {"note.txt", "hello"}}));
  const auto strings = readNpzStrings(folder.path() / "s.npz", "wide");
  REQUIRE(strings);
  CHECK(*strings == std::vector<std::string>{"ab", "\u00e4\u20ac\U0001f600"});
  CHECK(readNpzStrings(folder.path() / "s.npz", "narrow").value() == std::vector<std::string>{"x", "yz"});
  const auto all = readNpz(folder.path() / "s.npz");
  REQUIRE(all);
  CHECK(all->size() == 2);
  CHECK(all->at("narrow").type == ElementType::String);
  CHECK(all->at("narrow").shape == std::vector<int32_t>{2, 1});

  REQUIRE(writeNpz(folder.path() / "again.npz", *all, IfExists::Refuse));
  CHECK(readNpzStrings(folder.path() / "again.npz", "wide").value() == *strings);
}

TEST_CASE("strings of no characters take no bytes and are read", "[data][npy]") {
  for (const char* type : {"<U0", ">U0", "|S0"}) {
    INFO(type);
    const auto array =
        parse(npyText("{'descr': '" + std::string(type) + "', 'fortran_order': False, 'shape': (3,)}", ""));
    REQUIRE(array.ok());
    CHECK(unpackStrings(array->view().bytes).value() == std::vector<std::string>(3));
  }
}

TEST_CASE("headers are read as Python literals of every format version", "[data][npy]") {
  const std::string data = textOf<float>({1, 2, 3, 4, 5, 6});
  for (const int version : {1, 2, 3}) CHECK(parse(npyText(kFloats, data, version)).ok());
  CHECK(parse(npyText("{\"shape\" : (2L, 3L) , 'fortran_order':False, 'descr':'f4'}   ", data)).ok());
  const auto scalar = parse(npyText("{'descr': '<f8', 'fortran_order': True, 'shape': (), }", textOf<double>({3})));
  REQUIRE(scalar);
  CHECK(scalar->shape.empty());
  CHECK(parse(npyText(kFloats, data, 4)).error().code == ErrorCode::Unsupported);
}

TEST_CASE("Fortran order and big-endian numbers are converted", "[data][npy]") {
  const auto fortran =
      parse(npyText("{'descr': '<f4', 'fortran_order': True, 'shape': (2, 3), }", textOf<float>({1, 4, 2, 5, 3, 6})));
  REQUIRE(fortran);
  CHECK(valuesOf<float>(*fortran) == std::vector<float>{1, 2, 3, 4, 5, 6});
  const auto big = parse(
      npyText("{'descr': '>i4', 'fortran_order': False, 'shape': (2,), }", textOf<uint32_t>({0x01000000, 0xffffffff})));
  REQUIRE(big);
  CHECK(valuesOf<int32_t>(*big) == std::vector<int32_t>{1, -1});
  const auto truth =
      parse(npyText("{'descr': '|b1', 'fortran_order': False, 'shape': (3,), }", std::string("\0\x02\x01", 3)));
  REQUIRE(truth);
  CHECK(valuesOf<uint8_t>(*truth) == std::vector<uint8_t>{0, 1, 1});
}

TEST_CASE("arrays that are no tensors are refused with the reason", "[data][npy]") {
  const auto objects = parse(npyText("{'descr': '|O', 'fortran_order': False, 'shape': (1,), }", "12345678"));
  REQUIRE_FALSE(objects);
  CHECK(objects.error().code == ErrorCode::Unsupported);
  CHECK(objects.error().message().find("Python objects") != std::string::npos);
  CHECK(parse(npyText("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }", "1234")).error().code ==
        ErrorCode::Unsupported);
  CHECK(parse(npyText("{'descr': '<M8[ns]', 'fortran_order': False, 'shape': (1,), }", "12345678")).error().code ==
        ErrorCode::Unsupported);
  CHECK(parse(npyText("{'descr': '<V1', 'fortran_order': False, 'shape': (1,), }", "1")).error().code ==
        ErrorCode::Unsupported);
}

TEST_CASE("broken .npy texts are errors, whatever byte is wrong", "[data][npy][untrusted]") {
  const std::string data = textOf<float>({1, 2, 3, 4, 5, 6});
  const std::string whole = npyText(kFloats, data);
  for (size_t length = 0; length < whole.size(); ++length) {
    const auto result = parse(whole.substr(0, length));
    INFO(length);
    REQUIRE_FALSE(result);
    CHECK(result.error().code == ErrorCode::Malformed);
  }
  CHECK_FALSE(parse(whole + "x"));
  for (const char* dictionary :
       {"", "{", "{}", "[]", "{'descr': '<f4'}", "{'descr': '<f4', 'fortran_order': Maybe, 'shape': (6,)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (-6,)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': 6}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (6,), 'more': 1}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (6,)} + 1",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296, 4294967296)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2147483647, 2147483647, 2147483647)}",
        "{'descr': '<', 'fortran_order': False, 'shape': (6,)}", "{'descr': '', 'fortran_order': False, 'shape': (6,)}",
        "{'descr': '<f4x', 'fortran_order': False, 'shape': (6,)}",
        "{'descr': '<U9999999999999999999', 'fortran_order': False, 'shape': (6,)}",
        "{'descr': '<S0', 'fortran_order': False, 'shape': (2000000000,)}"}) {
    INFO(dictionary);
    CHECK_FALSE(parse(npyText(dictionary, data)));
    CHECK_FALSE(parse(npyText(dictionary, "")));
  }
  for (size_t at = 0; at < whole.size() - data.size(); ++at) {
    for (const char value : {'\0', '\xff', '9', '(', '{'}) {
      std::string changed = whole;
      changed[at] = value;
      (void)parse(changed);  // must come back, with whatever answer
    }
  }
}

TEST_CASE("broken .npz files are errors, never crashes", "[data][npz][untrusted]") {
  const TemporaryFolder folder;
  const auto path = folder.path() / "x.npz";
  const std::string array = npyText(kFloats, textOf<float>({1, 2, 3, 4, 5, 6}));
  const std::string good = zipText({{"a.npy", array}, {"b.npy", array, true}});
  writeText(path, good);
  REQUIRE(readNpz(path).value().size() == 2);

  for (size_t length = 0; length < good.size(); ++length) {
    writeText(path, good.substr(0, length));
    INFO(length);
    CHECK_FALSE(readNpz(path));
  }
  for (size_t at = 0; at < good.size(); ++at) {
    for (const char value : {'\0', '\xff', '\x7f'}) {
      std::string changed = good;
      changed[at] = value;
      writeText(path, changed);
      const auto read = readNpz(path);
      // Names, dates and the like are not protected; whatever is read as numbers must be right.
      if (read && read->count("a")) CHECK(read->at("a").bytes.size() == 24);
    }
  }
  CHECK(readNpz(folder.path() / "absent.npz").error().code == ErrorCode::NotFound);
  CHECK(readNpz(folder.path()).error().code == ErrorCode::Io);

  auto codeOf = [&](const std::vector<ZipPiece>& pieces) {
    writeText(path, zipText(pieces));
    const auto read = readNpz(path);
    REQUIRE_FALSE(read);
    return read.error().code;
  };
  CHECK(codeOf({{"a.npy", array, true, -1, 12345}}) == ErrorCode::Malformed);
  CHECK(codeOf({{"a.npy", array, false, -1, 12345}}) == ErrorCode::Malformed);
  CHECK(codeOf({{"a.npy", array, true, 1000}}) == ErrorCode::Malformed);
  CHECK(codeOf({{"a.npy", array, true, 10}}) == ErrorCode::Malformed);
  CHECK(codeOf({{"a.npy", array, true, -1, -1, 12}}) == ErrorCode::Unsupported);
  CHECK(codeOf({{"a.npy", array, true, -1, -1, 8, 1}}) == ErrorCode::Unsupported);
  CHECK(codeOf({{"a.npy", array}, {"a.npy", array}}) == ErrorCode::Malformed);
}

TEST_CASE("an archive that would unpack to too much is refused before it does", "[data][npz][untrusted]") {
  const TemporaryFolder folder;
  const auto path = folder.path() / "bomb.npz";
  const std::string header = "{'descr': '|u1', 'fortran_order': False, 'shape': (1000000,), }";
  const std::string zeros = npyText(header, std::string(1000000, '\0'));
  writeText(path, zipText({{"a.npy", zeros, true}, {"b.npy", zeros, true}}));
  auto file = NpzFile::open(path, 1500000);
  REQUIRE(file);
  CHECK(file->array("a").ok());
  CHECK(file->array("b").error().code == ErrorCode::ResourceLimit);
  // A directory that lies about the size is found out without making room for it.
  writeText(path, zipText({{"a.npy", zeros, true, 0xfffffff0}}));
  CHECK(readNpz(path).error().code == ErrorCode::Malformed);
}

TEST_CASE("the reference predictions are readable", "[data][npz][golden]") {
  const auto shared = sharedFolder();
  if (!shared) return skipLoudly("the reference predictions are readable", "no shared folder");
  const auto path = *shared / "golden/predictions.npz";
  const auto all = readNpz(path);
  REQUIRE(all);
  CHECK(all->at("resnet8/float").shape == std::vector<int32_t>{1000, 10});
  CHECK(all->at("label").type == ElementType::Int64);
  const auto pictures = readNpzStrings(path, "picture");
  REQUIRE(pictures);
  REQUIRE(pictures->size() == 1000);
  CHECK(pictures->front() == "airplane/0000.jpg");
  CHECK(std::is_sorted(pictures->begin(), pictures->end()));
}

TEST_CASE("string tensors with broken offsets are errors", "[data][untrusted]") {
  const std::vector<std::string> strings{"one", "", "three"};
  const auto bytes = packStrings(strings);
  CHECK(unpackStrings(bytes).value() == strings);
  CHECK(unpackStrings(bytes, 1).value() == std::vector<std::string>{"one"});
  for (size_t length = 0; length < bytes.size(); ++length) {
    CHECK_FALSE(unpackStrings(std::span(bytes).first(length)));
  }
  for (size_t at = 0; at < 20; ++at) {
    auto changed = bytes;
    changed[at] = std::byte{0xff};
    CHECK_FALSE(unpackStrings(changed));
  }
}

TEST_CASE("ZIP64 sizes and offsets are followed", "[data][npz]") {
  // Written by Python's zipfile with its limits lowered, so that a small file has all 64-bit records.
  const auto read = readNpz(sourceFolder() / "tests/golden/data/zip64.npz");
  REQUIRE(read);
  REQUIRE(read->size() == 2);
  const auto values = read->at("b").values<float>();
  CHECK(std::vector<float>(values.begin(), values.end()) == std::vector<float>{0, 1, 2, 3, 4, 5});
}
