#pragma once

#include <QRegularExpression>
#include <QString>
#include <functional>
#include <optional>
#include <vector>

#include "core/base/index.h"
#include "core/base/result.h"

namespace quantscope::ui {

class Document;

/// The language of filter and search lines: words separated by spaces, all of which must hold.
///   conv           text in the operator's type or in the name of a result
///   /regex/        a regular expression over the same
///   op:CONV_2D     the type, whole, case does not matter
///   dtype:int8     type of the first result; mode:int8 the wish; effective:float32 what the plan gives
///   #5  #3-#9      position
///   params>1000    and sqnr, bytes, after, macs, sensitivity, error (dB, accumulated at the operator in the current
///                  variant), time (µs, of the baseline) with < > <= >= =
/// A leading ! negates a word.
class OperatorFilter {
public:
  /// Errors: InvalidArgument with the word that is wrong and why; half-typed words are wrong, too.
  static Result<OperatorFilter> parse(const QString& text);

  bool empty() const { return m_terms.empty(); }
  bool matches(const Document& document, OperatorIndex op) const;
  /// The words of the language with an example each, for a tooltip (rich text).
  static QString help();

private:
  using Term = std::function<bool(const Document&, OperatorIndex)>;
  static Result<Term> parseTerm(const QString& word);
  std::vector<Term> m_terms;
};

}  // namespace quantscope::ui
