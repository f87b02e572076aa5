#include "tools/label/c2pa.hpp"

#include <earmark/payload.hpp>
#include <earmark/version.hpp>

#include <nlohmann/json.hpp>

#include <cmath>

namespace earmark::tools {

namespace {

using Json = nlohmann::ordered_json;

constexpr const char* source_types = "http://cv.iptc.org/newscodes/digitalsourcetype/";

Json agent() {
    return {{"name", "earmark"}, {"version", version}};
}

// C2PA 2.x: the first action of what was made from nothing is c2pa.created; "bound" says that the mark's value leads
// to this very manifest.
Json actions(const C2paRequest& asked) {
    Json list = Json::array();
    list.push_back(
        {{"action", "c2pa.created"}, {"digitalSourceType", source_types + asked.source}, {"softwareAgent", agent()}});
    list.push_back({{"action", "c2pa.watermarked.bound"}, {"softwareAgent", agent()}});
    return {{"label", "c2pa.actions.v2"}, {"data", {{"actions", list}}}};
}

Json soft_binding(const LabelRequest& request, double end_s) {
    const Json span{{"start", 0}, {"end", std::llround(end_s * 1000)}};  // milliseconds
    const Json block{{"scope", {{"timespan", span}}}, {"value", Payload::from_hex(request.payload).hex()}};
    return {{"label", "c2pa.soft-binding"},
            {"data", {{"alg", request.c2pa.algorithm}, {"blocks", Json::array({block})}}}};
}

}  // namespace

std::string c2pa_definition(const LabelRequest& request, double end_s) {
    const Json definition{{"claim_generator_info", Json::array({agent()})},
                          {"assertions", Json::array({actions(request.c2pa), soft_binding(request, end_s)})}};
    return definition.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace earmark::tools
