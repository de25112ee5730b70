:: Tạo tác vụ hằng tuần từ weekly.xml; sửa địa chỉ, khóa và tệp trong đó trước.
:: Makes the weekly task from weekly.xml; put the address, the key's file and the week's file there first.
chcp 65001 >nul
schtasks /Create /TN "ttdn-push" /XML "%~dp0weekly.xml"
