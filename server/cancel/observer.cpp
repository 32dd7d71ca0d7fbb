#include "server/cancel/observer.hpp"

#include "server/cancel/request.hpp"

namespace cancel {

void Observation::begin() {
  observer_->order.lock();
  stage_before_ = request_.stage();
}

void Observation::end() {
  const Stage stage = request_.stage();
  if (stage != stage_before_) show({Occurrence::Kind::stage, name(stage)});
  observer_->order.unlock();
}

}  // namespace cancel
