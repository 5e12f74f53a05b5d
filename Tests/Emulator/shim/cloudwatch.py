"""CloudWatch: composite alarms, which moto stores but cannot be asked to make."""

from moto.cloudwatch.responses import CloudWatchResponse as Response
from moto.core.responses import ActionResult

_describe = Response.describe_alarms


def install() -> None:
    Response.put_composite_alarm = put_composite_alarm
    Response.describe_alarms = describe_alarms


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
