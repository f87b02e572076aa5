#include "follower.hpp"

namespace earmark::tools {

void Follower::take(const Detection& now) {
    const bool began = now.ongoing && (!ongoing_ || now.segments.size() > segments_);
    if (began) tell_("began", now);
    const bool read = now.marked && now.segments.back().payload.has_value();
    if (read && (began || !read_)) tell_("payload", now);
    if (ongoing_ && !now.ongoing) tell_("ended", now);
    ongoing_ = now.ongoing;
    read_ = read;
    segments_ = now.segments.size();
}

}  // namespace earmark::tools
