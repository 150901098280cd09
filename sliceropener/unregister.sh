#!/bin/sh
# Takes back what register.sh did.
here=$(cd "$(dirname "$0")" && pwd) || exit 1
exec "$here/SlicerOpener" --unregister "$@"
