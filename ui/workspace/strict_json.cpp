#include "ui/workspace/strict_json.h"

#include <algorithm>
#include <limits>

namespace quantscope::ui {

StrictObject::StrictObject(const Json& value, std::string path, std::optional<Error>& error)
    : m_path(std::move(path)), m_error(error) {
  if (value.is_object()) {
    m_value = &value;
  } else if (!m_error) {
    m_error = Error{ErrorCode::Malformed, "", "",
                    (m_path.empty() ? std::string("the file") : m_path) + " is not an object", ""};
  }
}

const Json* StrictObject::raw(const char* key) {
  m_read.insert(key);
  if (m_error || !m_value) return nullptr;
  const auto it = m_value->find(key);
  if (it == m_value->end()) {
    fail(key, "is missing");
    return nullptr;
  }
  return &*it;
}

void StrictObject::fail(const char* key, const std::string& why) {
  if (!m_error) m_error = Error{ErrorCode::Malformed, "", "", pathOf(key) + " " + why, ""};
}

void StrictObject::finish() {
  if (!m_value || m_error) return;
  for (auto it = m_value->begin(); it != m_value->end(); ++it) {
    if (!m_read.contains(it.key())) return fail(it.key().c_str(), "is not a key of this format");
  }
}

void StrictObject::read(const char* key, bool& target) {
  const Json* value = raw(key);
  if (!value) return;
  if (!value->is_boolean()) return fail(key, "is neither true nor false");
  target = value->get<bool>();
}

void StrictObject::read(const char* key, int64_t& target) {
  const Json* value = raw(key);
  if (!value) return;
  const bool tooLarge =
      value->is_number_unsigned() && value->get<uint64_t>() > uint64_t(std::numeric_limits<int64_t>::max());
  if (!value->is_number_integer() || tooLarge) return fail(key, "is not a whole number");
  target = value->get<int64_t>();
}

void StrictObject::read(const char* key, int& target) {
  int64_t wide = target;
  read(key, wide);
  if (wide < std::numeric_limits<int>::min() || wide > std::numeric_limits<int>::max())
    return fail(key, "is too large");
  target = static_cast<int>(wide);
}

void StrictObject::read(const char* key, uint64_t& target) {
  int64_t wide = static_cast<int64_t>(target);
  read(key, wide);
  if (wide < 0) return fail(key, "is negative");
  target = static_cast<uint64_t>(wide);
}

void StrictObject::read(const char* key, double& target) {
  const Json* value = raw(key);
  if (!value) return;
  // JSON has no infinities: null stands for "no finite number" (an SQNR of equal values).
  if (value->is_null()) {
    target = std::numeric_limits<double>::infinity();
    return;
  }
  if (!value->is_number()) return fail(key, "is not a number");
  target = value->get<double>();
}

void StrictObject::read(const char* key, std::string& target) {
  const Json* value = raw(key);
  if (!value) return;
  if (!value->is_string()) return fail(key, "is not text");
  target = value->get<std::string>();
}

void StrictObject::read(const char* key, QString& target) {
  std::string text;
  if (!m_error) text = target.toStdString();
  read(key, text);
  target = QString::fromStdString(text);
}

void StrictObject::read(const char* key, std::vector<double>& target) {
  const Json* value = raw(key);
  if (!value) return;
  if (!value->is_array()) return fail(key, "is not a list");
  std::vector<double> numbers;
  for (const Json& item : *value) {
    if (!item.is_number()) return fail(key, "holds something that is not a number");
    numbers.push_back(item.get<double>());
  }
  target = std::move(numbers);
}

void StrictObject::read(const char* key, std::vector<int64_t>& target) {
  const Json* value = raw(key);
  if (!value) return;
  if (!value->is_array()) return fail(key, "is not a list");
  std::vector<int64_t> numbers;
  for (const Json& item : *value) {
    if (!item.is_number_integer()) return fail(key, "holds something that is not a whole number");
    numbers.push_back(item.get<int64_t>());
  }
  target = std::move(numbers);
}

void StrictObject::read(const char* key, std::vector<std::string>& target) {
  const Json* value = raw(key);
  if (!value) return;
  if (!value->is_array()) return fail(key, "is not a list");
  std::vector<std::string> texts;
  for (const Json& item : *value) {
    if (!item.is_string()) return fail(key, "holds something that is not text");
    texts.push_back(item.get<std::string>());
  }
  target = std::move(texts);
}

namespace {

constexpr int kDeepest = 64;

/// Deepest nesting of brackets outside of strings: what is deeper than any real file is refused before anything
/// recurses into it.
int nestingDepth(std::string_view text) {
  int depth = 0, deepest = 0;
  bool inString = false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (inString) {
      if (c == '\\') ++i;
      if (c == '"') inString = false;
      continue;
    }
    if (c == '"') inString = true;
    if (c == '[' || c == '{') deepest = std::max(deepest, ++depth);
    if (c == ']' || c == '}') --depth;
  }
  return deepest;
}

}  // namespace

Result<Json> parseJson(std::string_view text) {
  if (nestingDepth(text) > kDeepest) return Error{ErrorCode::Malformed, "", "", "it is nested too deeply", ""};
  try {
    return Json::parse(text);
  } catch (const Json::exception& failure) {
    // "[json.exception.parse_error.101] parse error at line 3, column 5: ..."
    std::string why = failure.what();
    if (const auto end = why.find("] "); end != std::string::npos) why = why.substr(end + 2);
    return Error{ErrorCode::Malformed, "", "", why, ""};
  }
}

}  // namespace quantscope::ui
