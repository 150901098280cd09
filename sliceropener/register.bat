@echo off
rem Makes print3d:// links start the SlicerOpener.exe beside this file, for this user. No administrator needed.
rem For all users: run as administrator with  register.bat --all-users
if not exist "%~dp0SlicerOpener.exe" (
  echo SlicerOpener.exe is not beside this file. Unpack the whole ZIP into a folder first.
  pause
  exit /b 1
)
set SLICEROPENER_QUIET=1
start "" /wait "%~dp0SlicerOpener.exe" --register %1
if errorlevel 1 (
  echo It could not be registered.
  pause
  exit /b 1
)
echo Done. print3d:// links now start:
reg query "HKCU\Software\Classes\print3d\shell\open\command" /ve 2>nul || reg query "HKLM\Software\Classes\print3d\shell\open\command" /ve
if not exist "%~dp0config.ini" echo There is no config.ini beside the program yet: download it from the print desk and put it here.
pause
