"""CloudWatch: composite alarms, which moto stores but cannot be asked to make, and switching actions."""

from moto.cloudwatch.responses import CloudWatchResponse as Response
from moto.core.responses import ActionResult, EmptyResult

_describe = Response.describe_alarms


def install() -> None:
    for action in (put_composite_alarm, describe_alarms, disable_alarm_actions, enable_alarm_actions):
        setattr(Response, action.__name__, action)


def put_composite_alarm(self):
    return self.put_metric_alarm()


def describe_alarms(self):
    """Lacking: AWS answers composite alarms only when AlarmTypes asks for them."""
    answer = _describe(self).result
    types = self._get_param("AlarmTypes", []) or ["MetricAlarm"]
    return ActionResult(
        {
            "MetricAlarms": answer["MetricAlarms"] if "MetricAlarm" in types else [],
            "CompositeAlarms": [composite(alarm) for alarm in answer["CompositeAlarms"] if "CompositeAlarm" in types],
        }
    )


def composite(alarm) -> dict:
    return {
        "AlarmName": alarm.name,
        "AlarmArn": alarm.alarm_arn,
        "AlarmDescription": alarm.description,
        "AlarmRule": alarm.rule,
        "ActionsEnabled": alarm.actions_enabled,
        "AlarmActions": alarm.alarm_actions,
        "OKActions": alarm.ok_actions,
        "InsufficientDataActions": alarm.insufficient_data_actions,
        "StateValue": alarm.state_value,
        "StateReason": alarm.state_reason,
        "StateUpdatedTimestamp": alarm.state_updated_timestamp,
        "AlarmConfigurationUpdatedTimestamp": alarm.configuration_updated_timestamp,
    }


def disable_alarm_actions(self):
    return switch_actions(self, False)


def enable_alarm_actions(self):
    return switch_actions(self, True)


def switch_actions(self, enabled: bool):
    for alarm in self.cloudwatch_backend.get_alarms_by_alarm_names(self._get_param("AlarmNames", [])):
        alarm.actions_enabled = enabled
    return EmptyResult()
