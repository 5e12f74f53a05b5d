import OpsModel
