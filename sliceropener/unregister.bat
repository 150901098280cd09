@echo off
rem Takes back what register.bat did. For all users: run as administrator with  unregister.bat --all-users
set SLICEROPENER_QUIET=1
start "" /wait "%~dp0SlicerOpener.exe" --unregister %1
if errorlevel 1 (
  echo It could not be taken back.
  pause
  exit /b 1
)
echo Done. print3d:// links no longer start this program.
pause
