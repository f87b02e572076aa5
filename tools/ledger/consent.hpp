// Whose voice it is, and whether that person consents: all of it rows of the log, of which the latest count.
//
// A ledger in which no voice is registered asks for nothing. From the first one on it knows its voices: every making
// must name one of them, so that neither a slip in the name nor leaving it out gets round the consent of a real person.
#pragma once

#include "log.hpp"

#include <map>
#include <string>
#include <vector>

namespace earmark::ledger {

struct Consent {
    std::string reference;
    std::int64_t from_us = 0;
    std::optional<std::int64_t> until_us;  // the first moment it does not cover; none: no limit
    bool withdrawn = false;
};

struct Voice {
    std::string name;
    std::string person;  // the user's own reference of the person, empty when the voice is nobody's
    std::vector<Consent> consents;
};

// The state that registry rows, in their order, lead to.
std::vector<Voice> voices_from(const std::vector<Row>& rows);

// Why audio in this voice must not be made now under this consent (empty: none was named); empty when it may.
// `voice` is null when the voice is not registered.
std::string refusal(const Voice* voice, const std::string& voice_name, const std::string& consent, bool any_registered,
                    std::int64_t now_us);

}  // namespace earmark::ledger
