#include "consent.hpp"

#include <algorithm>

namespace earmark::ledger {

namespace {

Voice& voice_named(std::vector<Voice>& voices, const std::string& name) {
    const auto at = std::find_if(voices.begin(), voices.end(), [&](const Voice& voice) { return voice.name == name; });
    return at == voices.end() ? voices.emplace_back(Voice{name, {}, {}}) : *at;
}

Consent& consent_named(Voice& voice, const std::string& reference) {
    auto& all = voice.consents;
    const auto at =
        std::find_if(all.begin(), all.end(), [&](const Consent& one) { return one.reference == reference; });
    return at == all.end() ? all.emplace_back(Consent{reference, 0, {}, false}) : *at;
}

}  // namespace

std::vector<Voice> voices_from(const std::vector<Row>& rows) {
    std::vector<Voice> voices;
    for (const Row& row : rows) {
        Voice& voice = voice_named(voices, row.voice);
        if (row.kind == Kind::voice) voice.person = row.person;
        if (row.kind == Kind::consent) {
            Consent& consent = consent_named(voice, row.consent);
            consent.from_us = row.from_us.value_or(row.time_us);
            consent.until_us = row.until_us;
        }
        if (row.kind == Kind::withdrawn) consent_named(voice, row.consent).withdrawn = true;
    }
    return voices;
}

std::string refusal(const Voice* voice, const std::string& voice_name, const std::string& consent, bool any_registered,
                    std::int64_t now_us) {
    if (!voice) {
        if (!any_registered) return "";
        if (voice_name.empty()) return "this ledger has registered voices: name one of them with --voice";
        return "voice '" + voice_name + "' is not registered; earmark ledger voices lists those that are";
    }
    const auto& all = voice->consents;
    const auto found =
        std::find_if(all.begin(), all.end(), [&](const Consent& one) { return one.reference == consent; });
    if (voice->person.empty()) {
        if (consent.empty() || found != all.end()) return "";
        return "consent '" + consent + "' is none of voice '" + voice_name + "', which is registered as synthetic";
    }
    const std::string whose = "voice '" + voice_name + "' is a real person's: ";
    if (consent.empty()) return whose + "name their consent with --consent";
    if (found == all.end()) return whose + "no consent '" + consent + "' is recorded for it";
    if (found->withdrawn) return whose + "consent '" + consent + "' was withdrawn";
    if (now_us < found->from_us)
        return whose + "consent '" + consent + "' begins at " + time_text(found->from_us) + ", now is " +
               time_text(now_us);
    if (found->until_us && now_us >= *found->until_us)
        return whose + "consent '" + consent + "' ended at " + time_text(*found->until_us) + ", now is " +
               time_text(now_us);
    return "";
}

}  // namespace earmark::ledger
