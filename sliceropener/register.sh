#!/bin/sh
# Makes print3d:// links start the SlicerOpener beside this file, for this user.
here=$(cd "$(dirname "$0")" && pwd) || exit 1
"$here/SlicerOpener" --register "$@" && "$here/SlicerOpener" --check
