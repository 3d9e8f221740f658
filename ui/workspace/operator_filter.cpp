#include "ui/workspace/operator_filter.h"

#include <QCoreApplication>
#include <QStringList>
#include <algorithm>
#include <memory>
#include <unordered_map>

#include "ui/workspace/document.h"
#include "ui/workspace/text.h"

namespace quantscope::ui {

namespace {

/// The words of this file, for the catalogue of translations.
struct FilterWords {
  Q_DECLARE_TR_FUNCTIONS(OperatorFilter)
};

const Operator& operatorAt(const Document& document, OperatorIndex op) {
  return document.model()->subgraphs.front().operators[op.position()];
}

QString typeOf(const Document& document, OperatorIndex op) {
  return fromStd(operatorName(*document.model(), operatorAt(document, op)));
}

/// Type and result names, as one text.
QString namesOf(const Document& document, OperatorIndex op) {
  QStringList names{typeOf(document, op)};
  const Subgraph& graph = document.model()->subgraphs.front();
  for (TensorIndex output : operatorAt(document, op).outputs) {
    if (output.valid()) names << fromStd(graph.tensor(output).name);
  }
  return names.join(u'\n');
}

std::optional<double> metricOf(const Document& document, OperatorIndex op, const QString& metric) {
  const size_t i = op.position();
  const ModelSummary& summary = document.summary();
  const auto plan = document.plan();
  if (metric == QLatin1String("params") && i < summary.operatorParameters.size())
    return double(summary.operatorParameters[i]);
  if (metric == QLatin1String("macs") && i < summary.operatorMacs.size()) return double(summary.operatorMacs[i]);
  if (metric == QLatin1String("sqnr")) return document.weightSqnr(op);
  if (metric == QLatin1String("bytes") && plan && i < plan->operators.size())
    return double(plan->operators[i].constantBytesBefore);
  if (metric == QLatin1String("after") && plan && i < plan->operators.size())
    return double(plan->operators[i].constantBytesAfter);
  if (metric == QLatin1String("sensitivity") && document.sensitivity()) {
    // In order of the operators, of which some may be left out.
    const auto& entries = document.sensitivity()->operators;
    const auto entry = std::lower_bound(entries.begin(), entries.end(), op,
                                        [](const OperatorSensitivity& e, OperatorIndex o) { return e.index < o; });
    if (entry != entries.end() && entry->index == op)
      return document.sensitivity()->metric == "top1" ? 100 * entry->quantizeOne : entry->quantizeOne;
  }
  if (metric == QLatin1String("time")) {
    const Variant* baseline = document.variant(0);
    if (!baseline || !baseline->latency) return std::nullopt;
    const auto& entries = baseline->latency->operators;  // ascending
    const auto entry = std::lower_bound(entries.begin(), entries.end(), op,
                                        [](const OperatorLatency& e, OperatorIndex o) { return e.index < o; });
    if (entry != entries.end() && entry->index == op) return entry->medianMicroseconds;
  }
  return std::nullopt;
}

/// The errors that have accumulated at each operator in the current variant, in dB; looked up once for all operators.
class AccumulatedErrors {
public:
  std::optional<double> of(const Document& document, OperatorIndex op) {
    const Variant* current = document.variant(document.currentVariant());
    const auto errors = current ? current->layerErrors : nullptr;
    if (errors != m_errors) {
      m_errors = errors;
      m_decibel.clear();
      if (errors) {
        for (const LayerError& error : errors->accumulated)
          m_decibel.emplace(error.floatOperator.value, error.sqnrDecibel);
      }
    }
    const auto place = m_decibel.find(op.value);
    return place == m_decibel.end() ? std::nullopt : std::optional(place->second);
  }

private:
  std::shared_ptr<const LayerErrors> m_errors;
  std::unordered_map<int32_t, double> m_decibel;
};

bool compares(double value, const QString& comparison, double bound) {
  if (comparison == QLatin1String("<")) return value < bound;
  if (comparison == QLatin1String(">")) return value > bound;
  if (comparison == QLatin1String("<=")) return value <= bound;
  if (comparison == QLatin1String(">=")) return value >= bound;
  return qFuzzyCompare(1 + value, 1 + bound);
}

/// int16x8, int16×8 and "INT16X8" are the same word.
QString plain(QString text) {
  return text.toLower().replace(u'×', u'x');
}

/// Splits at spaces, but not inside /.../.
QStringList splitWords(const QString& text) {
  QStringList words;
  QString word;
  bool inPattern = false;
  for (int i = 0; i < text.size(); ++i) {
    const QChar c = text[i];
    const bool starts = word.isEmpty() || word == QLatin1String("!");
    if (c == u'/' && (starts || inPattern) && !(i > 0 && text[i - 1] == u'\\')) inPattern = !inPattern;
    if (c.isSpace() && !inPattern) {
      if (!word.isEmpty()) words << word;
      word.clear();
    } else {
      word += c;
    }
  }
  if (!word.isEmpty()) words << word;
  return words;
}

Error wrong(const QString& word, const QString& why) {
  return {ErrorCode::InvalidArgument, "cannot filter", word.toStdString(), why.toStdString(), ""};
}

}  // namespace

Result<OperatorFilter> OperatorFilter::parse(const QString& text) {
  OperatorFilter filter;
  for (QString word : splitWords(text)) {
    const bool negated = word.startsWith(u'!') && word.size() > 1;
    if (negated) word.remove(0, 1);
    QS_ASSIGN(Term term, parseTerm(word));
    if (negated) {
      filter.m_terms.push_back([term](const Document& document, OperatorIndex op) { return !term(document, op); });
    } else {
      filter.m_terms.push_back(std::move(term));
    }
  }
  return filter;
}

bool OperatorFilter::matches(const Document& document, OperatorIndex op) const {
  return std::all_of(m_terms.begin(), m_terms.end(), [&](const Term& term) { return term(document, op); });
}

Result<OperatorFilter::Term> OperatorFilter::parseTerm(const QString& word) {
  static const QRegularExpression comparison(QStringLiteral("^([a-z]+)(<=|>=|<|>|=)(.*)$"),
                                             QRegularExpression::CaseInsensitiveOption);
  static const QRegularExpression position(QStringLiteral("^#(\\d+)(?:[-–]#?(\\d+))?$"));
  if (word.startsWith(u'/')) {
    if (word.size() < 2 || !word.endsWith(u'/')) return wrong(word, FilterWords::tr("the expression has no closing /"));
    const QRegularExpression pattern(word.mid(1, word.size() - 2), QRegularExpression::CaseInsensitiveOption);
    if (!pattern.isValid()) return wrong(word, pattern.errorString());
    return Term([pattern](const Document& d, OperatorIndex op) { return pattern.match(namesOf(d, op)).hasMatch(); });
  }
  if (const auto match = position.match(word); match.hasMatch()) {
    const int first = match.captured(1).toInt(), last = match.captured(2).isEmpty() ? first : match.captured(2).toInt();
    return Term([first, last](const Document&, OperatorIndex op) { return op.value >= first && op.value <= last; });
  }
  if (const auto match = comparison.match(word); match.hasMatch()) {
    const QString metric = match.captured(1).toLower(), relation = match.captured(2);
    static const QStringList known{"params", "sqnr", "bytes", "after", "macs", "sensitivity", "error", "time"};
    if (!known.contains(metric))
      return wrong(word, FilterWords::tr("known numbers are %1").arg(known.join(QStringLiteral(", "))));
    bool isNumber = false;
    const double bound = match.captured(3).toDouble(&isNumber);
    if (!isNumber) return wrong(word, FilterWords::tr("a number is missing after %1").arg(relation));
    if (metric == QLatin1String("error"))
      return Term(
          [relation, bound, errors = std::make_shared<AccumulatedErrors>()](const Document& d, OperatorIndex op) {
            const auto value = errors->of(d, op);
            return value && compares(*value, relation, bound);
          });
    return Term([metric, relation, bound](const Document& d, OperatorIndex op) {
      const auto value = metricOf(d, op, metric);
      return value && compares(*value, relation, bound);
    });
  }
  const qsizetype colon = word.indexOf(u':');
  const QString key = word.left(std::max<qsizetype>(colon, 0)).toLower(), value = word.mid(colon + 1);
  if (colon > 0 && (key == QLatin1String("op") || key == QLatin1String("dtype") || key == QLatin1String("mode") ||
                    key == QLatin1String("effective"))) {
    if (value.isEmpty()) return wrong(word, FilterWords::tr("a name is missing after the colon"));
    if (key == QLatin1String("op"))
      return Term([value](const Document& d, OperatorIndex op) {
        return typeOf(d, op).compare(value, Qt::CaseInsensitive) == 0;
      });
    if (key == QLatin1String("dtype"))
      return Term([value](const Document& d, OperatorIndex op) {
        const TensorIndex output = operatorAt(d, op).output(0);
        return output.valid() && fromStd(elementTypeName(d.model()->subgraphs.front().tensor(output).type))
                                         .compare(value, Qt::CaseInsensitive) == 0;
      });
    const bool wish = key == QLatin1String("mode");
    return Term([wish, value = plain(value)](const Document& d, OperatorIndex op) {
      const size_t i = op.position();
      // As it is shown: there is nothing to wish for, and nothing that a plan would change.
      if (const auto fixed = d.fixedResult(op)) return fromStd(elementTypeName(*fixed)) == value;
      if (wish)
        return i < d.resolved().operators.size() &&
               plain(fromStd(precisionName(d.resolved().operators[i].precision))) == value;
      return d.plan() && i < d.plan()->operators.size() &&
             plain(fromStd(precisionName(d.plan()->operators[i].effective))) == value;
    });
  }
  return Term(
      [word](const Document& d, OperatorIndex op) { return namesOf(d, op).contains(word, Qt::CaseInsensitive); });
}

QString OperatorFilter::help() {
  return FilterWords::tr(
      "<table cellspacing='4'>"
      "<tr><td><b>conv</b></td><td>text in type or name</td></tr>"
      "<tr><td><b>/dense_\\d/</b></td><td>regular expression</td></tr>"
      "<tr><td><b>op:CONV_2D</b></td><td>type</td></tr>"
      "<tr><td><b>dtype:float32</b></td><td>type of the result</td></tr>"
      "<tr><td><b>mode:int8</b>, <b>effective:float32</b></td><td>wish, plan</td></tr>"
      "<tr><td><b>#3-#9</b></td><td>position</td></tr>"
      "<tr><td><b>params&gt;1000</b></td><td>also sqnr, bytes, after, macs, sensitivity, error (dB), time "
      "(µs)</td></tr>"
      "<tr><td><b>!conv</b></td><td>not</td></tr></table>");
}

}  // namespace quantscope::ui
