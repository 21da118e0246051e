SELECT nowhere FROM stations
